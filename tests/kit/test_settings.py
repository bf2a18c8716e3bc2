"""Settings come from the environment, or one file a secret."""

from pathlib import Path

import pytest

from app.cli import main
from kit.settings import read_settings


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVERBERE_SECRETS_DIR", str(tmp_path))
    monkeypatch.delenv("REVERBERE_DATABASE__URL", raising=False)
    return tmp_path


def database_url() -> str:
    url = read_settings().database.url
    assert url is not None
    return url.get_secret_value()


def test_a_secret_may_be_a_file_named_like_its_variable(secrets: Path) -> None:
    (secrets / "REVERBERE_DATABASE__URL").write_text("postgresql://lamp:key@server/reverbere\n")
    (secrets / "somebody_elses_secret").write_text("not ours")
    assert database_url() == "postgresql://lamp:key@server/reverbere"


def test_the_environment_wins_over_a_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets / "REVERBERE_DATABASE__URL").write_text("postgresql://file/reverbere")
    monkeypatch.setenv("REVERBERE_DATABASE__URL", "postgresql://environment/reverbere")
    assert database_url() == "postgresql://environment/reverbere"


def test_a_missing_folder_of_secrets_is_said_in_one_sentence(
    secrets: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REVERBERE_SECRETS_DIR", str(secrets / "nowhere"))
    assert main(["serve"]) == 1
    assert "does not exist: give REVERBERE_SECRETS_DIR" in capsys.readouterr().err

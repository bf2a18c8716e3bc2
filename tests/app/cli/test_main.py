"""The command line as a person meets it."""

import json
import subprocess
import sys

import pytest

from app.cli import main
from app.cli.main import SUBCOMMANDS
from tests.architecture.source import ROOT


def test_without_a_subcommand_it_lists_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert all(f"  {name} " in printed for name in SUBCOMMANDS)


def test_an_unknown_subcommand_is_answered_with_the_list(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["lamp"]) == 2
    assert "no subcommand “lamp”" in capsys.readouterr().err


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"usage: reverbere {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        pytest.param("REVERBERE_HTTP__PORT", "light", "REVERBERE_HTTP__PORT", id="not a number"),
        pytest.param("REVERBERE_LOG__LEVEL", "LOUD", "REVERBERE_LOG__LEVEL", id="not a level"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str,
    value: str,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said


def test_a_missing_secret_is_said_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("REVERBERE_SECURITY__TOKEN_KEY", raising=False)
    assert main(["run"]) == 1
    assert "REVERBERE_SECURITY__TOKEN_KEY is missing" in capsys.readouterr().err


def test_the_sun_is_told_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sun", "--lat", "48.86", "--lon", "2.35", "--date", "2026-06-21"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["sunset"] == ["2026-06-21T19:57:54Z"]


def test_a_frame_is_decoded_to_json(capsys: pytest.CaptureFixture[str]) -> None:
    # NAS UL20xx, status of firmware 1.1.x (drivers/profiles/nas/ul20xx.frames.yaml, "status").
    frame = "01f37f205e8244320916200701d20294550401fe50190012501900"
    assert main(["decode", "--profile", "nas/ul20xx", "--port", "23", frame]) == 0
    readings = json.loads(capsys.readouterr().out)["readings"]
    levels = [each["value"] for each in readings if each["quantity"] == "level_percent"]
    assert levels == [25]


@pytest.mark.parametrize(
    ("profile", "frame"),
    [
        pytest.param("nas/ul20xx", "01", id="cut short"),
        pytest.param("nobody/nothing", "01", id="unknown profile"),
    ],
)
def test_a_frame_that_cannot_be_read_is_said_in_one_sentence(
    profile: str, frame: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", "--profile", profile, "--port", "23", frame]) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith("The frame cannot be read: ")
    assert "\n" not in said


def test_a_frame_that_is_not_hexadecimal_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["decode", "--profile", "nas/ul20xx", "--port", "25", "lamp"])
    assert "write the frame in hexadecimal" in capsys.readouterr().err


def test_a_small_tool_does_not_load_the_web_framework() -> None:
    loaded = (
        "import sys; from app.cli import main;"
        "main(['sun', '--lat', '48.86', '--lon', '2.35', '--date', '2026-06-21']);"
        "sys.exit('fastapi' in sys.modules or 'sqlalchemy' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, stdout=subprocess.DEVNULL)
    assert answer.returncode == 0

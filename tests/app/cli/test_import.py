"""An inventory file read from the terminal."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import main
from kit.db import Database

COLUMNS = (
    "code,street,state,support_height_m,support_material,cabinet_code,circuit_code,circuit_phase,"
    "position_on_circuit,maker,model,lamp_technology,rated_power_w,cct_k,luminaire_serial,"
    "installed_on,controller_address,controller_network,controller_profile,controller_period_s,"
    "lon_deg,lat_deg"
)
LAMP = "A1,Rue Haute,in_service,6,steel,ARM1,C1,L1,1,,,LED,40,3000,,,,,,,3.87,43.61"
LOST_AT_SEA = LAMP.replace("A1,", "A2,").replace("43.61", "999")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command on the test's database: exit code and what it said."""
    url = database.url.replace("+asyncpg", "")
    monkeypatch.setenv("REVERBERE_DATABASE__URL", url)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["import", *words, "--mapping", "reverbere_csv"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def lamps(tmp_path: Path) -> str:
    file = tmp_path / "lamps.csv"
    file.write_text("\n".join([COLUMNS, LAMP, LOST_AT_SEA]))
    return str(file)


def test_an_empty_installation_says_what_comes_first(run: Run, lamps: str) -> None:
    code, _, said = run(lamps)
    assert code == 1
    assert "make one with `reverbere account`" in said


def test_a_dry_run_proposes_and_a_run_changes(
    run: Run, lamps: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long password for lamps\n"))
    account = ["a@ville.example", "--name", "Anne", "--organisation", "Ville"]
    assert main(["account", *account, "--new", "municipality"]) == 0
    capsys.readouterr()

    code, proposed, _ = run(lamps, "--dry-run")
    assert code == 0
    assert "1 created" in proposed
    assert "1 quarantined" in proposed
    assert "line 3: " in proposed
    assert "(dry_run)" in proposed

    _, applied, _ = run(lamps)
    assert "1 created" in applied
    assert "(applied)" in applied

    _, repeated, _ = run(lamps, "--organisation", "Ville")
    assert "1 unchanged" in repeated

    code, _, said = run(lamps, "--organisation", "Viile")
    assert code == 1
    assert "there are “Ville”" in said

"""The table of devices, and the page that shows it."""

from pathlib import Path

import pytest

from app.cli import main
from drivers import profiles
from drivers.profiles import table
from drivers.profiles.codecs import KINDS

PAGE = Path(__file__).parents[3] / "docs/networks.md"
ALL = profiles.all_profiles()


def test_the_page_shows_the_devices_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert table.renewed(page, ALL) == page, "to mend: reverbere profiles --into docs/networks.md"


def test_every_device_is_a_row_with_its_source() -> None:
    rows = table.markdown(ALL).splitlines()
    for profile in ALL:
        (row,) = [row for row in rows if f"| `{profile.name}` |" in row]
        assert f"| {profile.quality} |" in row
        assert " ".join(profile.source.split())[:40] in row


def test_the_page_explains_every_network_and_every_kind_of_codec() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for word in {profile.network for profile in ALL} | KINDS.keys():
        assert f"\n| `{word}` | " in page, f"{word} has no row"


def test_a_page_without_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="no <!-- devices: begin -->"):
        table.renewed("# Networks", ALL)


def test_devices_are_listed_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profiles"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [profile.name for profile in ALL]


def test_a_page_is_renewed_in_place(tmp_path: Path) -> None:
    page = tmp_path / "devices.md"
    page.write_text(f"# Ours\n{table.BEGIN}\nold\n{table.END}\nend\n", encoding="utf-8")
    assert main(["profiles", "--into", str(page)]) == 0
    renewed = page.read_text(encoding="utf-8")
    assert renewed.startswith("# Ours\n")
    assert renewed.endswith(f"{table.END}\nend\n")
    assert "\nold\n" not in renewed
    assert "`nas/ul20xx`" in renewed

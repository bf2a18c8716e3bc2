"""The devices we know as a table, for people: in the terminal and in the documentation."""

from collections.abc import Sequence

from drivers.contract import Ability
from drivers.profiles.model import Profile, Quality

BEGIN, END = "<!-- devices: begin -->", "<!-- devices: end -->"

_ABILITIES = {
    Ability.LISTENS: "is heard",
    Ability.DIMS: "dims",
    Ability.SWITCHES_CIRCUIT: "switches",
    Ability.HOLDS_PROGRAM: "holds programs",
    Ability.READS_METER: "meter on demand",
    Ability.TAKES_SETTINGS: "settings",
    Ability.UPDATES_FIRMWARE: "firmware",
    Ability.TELLS_TIME: "own clock",
}
_TRUST = {
    Quality.UNTESTED: "untested: written from documents",
    Quality.SIMULATED: "simulated: frames were made",
    Quality.RECORDED: "recorded: frames of devices, or the vendor's own examples",
    Quality.PROVEN: "proven: in service on a named site",
}
_HEADINGS = ("Device", "Network", "Profile", "Codec", "It", "Quality", "Source")


def markdown(profiles: Sequence[Profile]) -> str:
    """One row for each profile, by network and name, and what the words of quality mean."""
    rows = [_row(one) for one in sorted(profiles, key=lambda one: (one.network, one.name))]
    lines = [_line(_HEADINGS), _line(["---"] * len(_HEADINGS)), *map(_line, rows)]
    meanings = "; ".join(_TRUST.values())
    return "\n".join([*lines, "", f"Quality, least first. {meanings}."])


def _row(profile: Profile) -> Sequence[str]:
    abilities = [_ABILITIES[one] for one in Ability if one in profile.abilities]
    return (
        f"{profile.manufacturer} {profile.model}",
        profile.network,
        f"`{profile.name}`",
        profile.codec.kind,
        ", ".join(abilities),
        str(profile.quality),
        " ".join(profile.source.split()),
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def plain(profiles: Sequence[Profile]) -> str:
    """A line for each profile."""
    width = max(len(one.name) for one in profiles)
    return "\n".join(
        f"{one.name:<{width}}  {one.network:<8} {one.quality:<9} {one.manufacturer}, {one.model}"
        for one in profiles
    )


def renewed(page: str, profiles: Sequence[Profile]) -> str:
    """The page with the table between its marks as it is now; `ValueError` without marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no {BEGIN} … {END} to put the table between")
    return f"{before}{BEGIN}\n\n{markdown(profiles)}\n\n{END}{after}"

"""DALI on one core: answers of gear decoded, frames written, and python-dali beside for both.

What a line can carry is far below: about 22 questions a second. The figures say that the choice of
library is one of clarity and of processor time on a server of many gateways, not of the bus.
The bare limit is making the decoded values alone, as in `decode_codecs`.

    python -m benchmarks.decode_dali --seconds 1
"""

import argparse
import json
from collections.abc import Callable

from dali.address import GearShort
from dali.gear import general
from dali.memory import energy

from benchmarks.decode_codecs import best, measure
from drivers.dali.frames import Query, direct_level, query, short
from drivers.dali.memory import read_bank

PROFILE = "lunatone/dali2-iot"
BATCH = 64
ENERGY_BANK = bytes.fromhex("0100000000003039ff000001c3")


def main() -> None:
    """Measure and print; the last line is the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each figure")
    seconds = parser.parse_args().seconds
    per_s, bare_per_s = measure(PROFILE, seconds)
    for name, ours, theirs in (
        ("frames written", _write, _write_by_library),
        ("energy banks read", _read, _read_by_library),
    ):
        _compare(name, ours, theirs, seconds)
    print(
        json.dumps(
            {
                "id": "decode dali",
                "value": round(per_s),
                "unit": "frames/s",
                "bare_limit": round(bare_per_s),
                "ratio": round(per_s / bare_per_s, 3),
            }
        )
    )


def _compare(
    name: str, ours: Callable[[], None], theirs: Callable[[], None], seconds: float
) -> None:
    own, library = (best(work, BATCH, seconds) for work in (ours, theirs))
    print(f"{name:<20} {own:>9,.0f}/s, python-dali {library:>9,.0f}/s, {own / library:.1f} times")


def _write() -> None:
    for address in range(BATCH // 2):
        _ = direct_level(short(address), 229).payload
        _ = query(short(address), Query.STATUS).payload


def _write_by_library() -> None:
    for address in range(BATCH // 2):
        _ = general.DAPC(GearShort(address), 229).frame.as_byte_sequence
        _ = general.QueryStatus(GearShort(address)).frame.as_byte_sequence


def _read() -> None:
    for _ in range(BATCH):
        read_bank(202, 3, ENERGY_BANK)


def _read_by_library() -> None:
    content = [None, None, None, *ENERGY_BANK]
    for _ in range(BATCH):
        for value in (energy.ActiveBankVersion, energy.ActiveEnergy, energy.ActivePower):
            value.from_list(content)


if __name__ == "__main__":
    main()

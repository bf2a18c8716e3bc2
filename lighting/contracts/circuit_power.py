"""Circuit watts (lamp and magnetic gear) of lamps without a meter, for a theoretical baseline.

Defaults good to 3-5 %, after the load-code principle (a code per lamp and gear, declared watts);
ballast losses are 5 to 30 % of lamp watts. A signed contract's own table goes before them.
"""

from collections.abc import Mapping
from decimal import Decimal

CIRCUIT_POWER_W: Mapping[tuple[str, int], int] = {
    ("HPS", 50): 62,
    ("HPS", 70): 83,
    ("HPS", 100): 114,
    ("HPS", 150): 170,
    ("HPS", 250): 276,
    ("HPS", 400): 436,
    ("MH", 70): 84,
    ("MH", 100): 115,
    ("MH", 150): 170,
    ("MH", 250): 274,
    ("MH", 400): 430,
    ("HG", 50): 59,
    ("HG", 80): 89,
    ("HG", 125): 137,
    ("HG", 250): 268,
    ("HG", 400): 424,
    ("CFL", 36): 43,
    ("FLUO", 36): 45,
    ("LPS", 55): 80,
}


def circuit_power_w(technology: str, lamp_power_w: int) -> Decimal | None:
    """Watts of lamp and gear; an LED's nameplate already is the system; None where unknown."""
    if technology == "LED":
        return Decimal(lamp_power_w)
    known = CIRCUIT_POWER_W.get((technology, lamp_power_w))
    return None if known is None else Decimal(known)

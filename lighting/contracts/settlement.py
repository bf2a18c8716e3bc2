"""Who owes whom at the end of a year, and what a gap between meter and theory asks for."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

GAP_OK_MAX = Decimal("0.05")
GAP_REVIEW_MAX = Decimal("0.15")


class Outcome(StrEnum):
    """Who owes whom at the end of a year."""

    BONUS = "bonus"
    MALUS = "malus"
    NEUTRAL = "neutral"


class Terms(NamedTuple):
    """What the contract says about sharing; shares and the dead band are fractions."""

    guaranteed_share: Decimal
    price_eur_per_kwh: Decimal
    malus_share: Decimal = Decimal(1)
    bonus_share: Decimal = Decimal("0.5")
    deadband: Decimal = Decimal("0.02")


class Settlement(NamedTuple):
    """The result of a year, in euros, with the target and the excess it comes from."""

    outcome: Outcome
    amount_eur: Decimal
    target_kwh: Decimal
    excess_kwh: Decimal


def settle(adjusted_kwh: Decimal, measured_kwh: Decimal, terms: Terms) -> Settlement:
    """Bonus, malus or neither; beyond the dead band the whole difference counts."""
    target = adjusted_kwh * (1 - terms.guaranteed_share)
    excess = measured_kwh - target
    tolerance = terms.deadband * target
    if excess > tolerance:
        amount = terms.malus_share * excess * terms.price_eur_per_kwh
        return Settlement(Outcome.MALUS, amount, target, excess)
    if excess < -tolerance:
        amount = terms.bonus_share * -excess * terms.price_eur_per_kwh
        return Settlement(Outcome.BONUS, amount, target, excess)
    return Settlement(Outcome.NEUTRAL, Decimal(0), target, excess)


class GapVerdict(StrEnum):
    """What a gap between meter and theory asks for."""

    OK = "ok"
    REVIEW = "review"
    TICKET = "ticket"


def reconcile(metered_kwh: Decimal, theoretical_kwh: Decimal) -> tuple[Decimal, GapVerdict]:
    """The relative gap of a meter to theory; up to 5 % is fine, beyond 15 % someone must look."""
    gap = metered_kwh / theoretical_kwh - 1
    if abs(gap) <= GAP_OK_MAX:
        return gap, GapVerdict.OK
    return gap, GapVerdict.REVIEW if abs(gap) <= GAP_REVIEW_MAX else GapVerdict.TICKET

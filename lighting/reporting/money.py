"""Cents that add up: amounts rounded so that what is shown sums to the total shown."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from lighting.contracts.model import Bill

CENT = Decimal("0.01")


def to_cents(amount: Decimal) -> Decimal:
    """Rounded to the cent, halves up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def shown(amounts: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """Amounts in cents that add up to `total` in cents: the largest remainders get the cents that
    rounding down left over."""
    cents = [amount.quantize(CENT, ROUND_FLOOR) for amount in amounts]
    left = int((to_cents(total) - sum(cents, Decimal(0))) / CENT)
    by_remainder = sorted(range(len(cents)), key=lambda at: (cents[at] - amounts[at], at))
    for at in by_remainder[:left]:
        cents[at] += CENT
    return cents


def in_cents(exact: Bill) -> Bill:
    """A bill whose lines, VAT and total are whole cents and add up."""
    including = to_cents(exact.including_vat_eur)
    excluding = to_cents(exact.excluding_vat_eur)
    amounts = shown([line.amount_eur for line in exact.lines], excluding)
    lines = [
        replace(line, amount_eur=amount) for line, amount in zip(exact.lines, amounts, strict=True)
    ]
    return Bill(lines, excluding, including - excluding)

"""Admits orders within the legal duty cycle of the gateways that send them.

Each channel (gateway, sub-band) knows when it is free again; that is in the database and moves in
the transaction that marks orders as sent. So a restart resumes where the last commit was, two
workers never use the same slot, and nothing is sent twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from drivers import profiles
from drivers.contract import Dims
from drivers.errors import EncodeError
from lighting.control.model import Order
from lighting.control.rules import pace
from lighting.control.sending import Admission
from lighting.radio import repository
from lighting.radio.compute import single_emission
from lighting.radio.model import (
    ELAPSED_MAX,
    HOLD_MAX,
    PROOF_PERIODS,
    Emission,
    RadioSettings,
)
from lighting.radio.networks import settings_by_network, window_of
from lighting.radio.rules import Wish, give_slots, proof_due
from lighting.telemetry import service as telemetry

# Bytes of an order that its driver cannot write: it fails on its line, with its reason.
UNWRITABLE_BYTES = 0


class _Way(NamedTuple):
    """How far the frame to an order's group has come."""

    period: timedelta
    sent_at: datetime | None
    waits_until: datetime | None


class DutyCycle:
    """Paces LoRaWAN orders by airtime; orders of other networks as before, per gateway."""

    async def admit(
        self, session: AsyncSession, orders: Sequence[Order], now: datetime, elapsed: timedelta
    ) -> Admission:
        """The orders that fit on air now, those a frame to their group carries, and the rest with
        when to look again."""
        radio = [order for order in orders if is_radio(order.profile)]
        wired = [order for order in orders if not is_radio(order.profile)]
        ways = await _ways(session, radio)
        carried, waiting, single = _by_group(radio, ways, now)
        wishes = await _wishes(session, single)
        free_at = await repository.lock_channels(session, sorted({one.gateway for one in wishes}))
        slots = give_slots(wishes, free_at, now, min(elapsed, ELAPSED_MAX))
        await repository.put_channels(session, slots.free_at)
        await repository.book_airtime(
            session, ((one.gateway, one.emission) for one in slots.leaving), now
        )
        admitted = {wish.id for wish in slots.leaving}
        return Admission(
            leaving=[
                *pace(wired, elapsed),
                *(order for order in single if order.delivery_id in admitted),
            ],
            carried=carried,
            held={**waiting, **slots.held},
        )


def is_radio(profile: str) -> bool:
    """Whether a model is on LoRaWAN; one we do not know fails on its line."""
    try:
        return profiles.load(profile).network == "lorawan"
    except profiles.ProfileError:
        return False


def payload_bytes(profile: str, level_percent: int) -> int:
    """The length of an order of a level."""
    driver = profiles.driver(profile)
    if not isinstance(driver, Dims):
        return UNWRITABLE_BYTES
    try:
        return len(driver.set_level(level_percent).payload)
    except EncodeError:
        return UNWRITABLE_BYTES


class SingleEmissions:
    """How single orders go on air; worked out once for each kind of them."""

    def __init__(self, settings: Mapping[str, RadioSettings]) -> None:
        self._settings = settings
        self._known: dict[tuple[str, str, int, float | None], Emission] = {}

    def of(self, network: str, profile: str, level_percent: int, snr_db: float | None) -> Emission:
        """The order of a level to a device of this network and model, last heard so."""
        key = (network, profile, level_percent, snr_db)
        known = self._known.get(key)
        if known is None:
            size = payload_bytes(profile, level_percent)
            settings = self._settings[network]
            known = self._known[key] = single_emission(window_of(profile), settings, snr_db, size)
        return known


async def _ways(session: AsyncSession, orders: Sequence[Order]) -> Mapping[tuple[UUID, int], _Way]:
    command_ids = list({order.command_id for order in orders if order.command_id is not None})
    if not command_ids:
        return {}
    return {
        (row["command_id"], row["controller_key"]): _Way(
            timedelta(seconds=row["period_s"]), row["sent_at"], row["waits_until"]
        )
        for row in await repository.ways_of(
            session, command_ids, [order.controller_key for order in orders]
        )
    }


def _by_group(
    orders: Sequence[Order], ways: Mapping[tuple[UUID, int], _Way], now: datetime
) -> tuple[dict[UUID, datetime], dict[UUID, datetime], list[Order]]:
    """Orders a sent frame carries, those whose frame is still to leave, and single ones: without
    group, or unproven after their frame."""
    carried: dict[UUID, datetime] = {}
    waiting: dict[UUID, datetime] = {}
    single: list[Order] = []
    for order in orders:
        way = ways.get((order.command_id, order.controller_key)) if order.command_id else None
        if way is None or order.attempts > 0:
            single.append(order)
        elif way.waits_until is not None or way.sent_at is None:
            waiting[order.delivery_id] = now + HOLD_MAX / 6
        elif (due := proof_due(way.sent_at, way.period, PROOF_PERIODS)) > now:
            carried[order.delivery_id] = due
        else:
            single.append(order)
    return carried, waiting, single


async def _wishes(session: AsyncSession, orders: Sequence[Order]) -> list[Wish]:
    settings = await settings_by_network(session, {order.network for order in orders})
    seen = await telemetry.latest(session, [order.controller_key for order in orders])
    emissions = SingleEmissions(settings)
    wishes = []
    for order in orders:
        state = seen.get(order.controller_key)
        snr_db = state.snr_db if state is not None else None
        of = emissions.of(order.network, order.profile, order.level_percent, snr_db)
        wishes.append(Wish(order.delivery_id, order.gateway, of, order.attempts))
    return wishes

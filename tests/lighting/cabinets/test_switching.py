"""Orders to contactors: how far they come, and what happens when they do not."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.modbus import Function, Write
from kit.access.model import Caller, Role
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError
from kit.ids import new_id
from lighting.cabinets import service
from lighting.cabinets.devices import DeviceTakenError
from lighting.cabinets.model import ContactRole, Direction, NewChannel
from lighting.cabinets.service import NotAContactorError, SwitchOrderEndedError
from lighting.cabinets.tables import SwitchOrder
from lighting.control.model import DeliveryState, Order
from tests.lighting.cabinets.armoire import (
    AT,
    SYSTEM,
    Armoire,
    after,
    build,
    inputs,
    relays,
    take,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def armoire(session: AsyncSession) -> Armoire:
    return await build(session)


def everywhere(network: str) -> bool:
    return network == "modbus:gare"


async def order(
    session: AsyncSession, armoire: Armoire, channel: str = "K1", **changes: object
) -> SwitchOrder:
    given = {
        "contactor_id": armoire.contactor(channel),
        "is_closed": False,
        "reason": "travaux",
        "now": AT,
        "duration": timedelta(hours=1),
        **changes,
    }
    return await service.switch(session, SYSTEM, armoire.cabinet_id, **given)  # type: ignore[arg-type]


async def state_of(session: AsyncSession, order: SwitchOrder) -> str:
    await session.refresh(order)
    return order.state


async def test_an_order_is_sent_confirmed_by_the_relay_and_proven_by_the_contactor(
    session: AsyncSession, armoire: Armoire
) -> None:
    await take(session, relays(1), inputs(5))
    given = await order(session, armoire, now=after(seconds=1))
    (leaving,) = await service.hand_out(session, everywhere, after(seconds=2))
    assert isinstance(leaving, Order)
    assert (leaving.address, leaving.delivery_id) == ("gare/1", given.id)
    assert leaving.frame is not None
    assert Write.decode(leaving.frame.payload) == Write(Function.WRITE_COIL, 0, (0,))
    assert await state_of(session, given) == DeliveryState.SENT
    await take(session, relays(at=after(seconds=3)))
    assert await state_of(session, given) == DeliveryState.ACKNOWLEDGED
    await take(session, inputs(at=after(seconds=5)))
    assert await state_of(session, given) == DeliveryState.APPLIED
    live = await service.live(session, SYSTEM, armoire.cabinet_id, after(seconds=6))
    view = live.contactors[0]
    assert view.wanted is not None
    assert view.actual is not None
    assert (view.wanted.desired_is_closed, view.wanted.acknowledged_is_closed) == (False, False)
    assert (view.actual.is_active, view.actual.since) == (False, after(seconds=5))


async def test_without_an_auxiliary_contact_the_relay_is_the_proof(
    session: AsyncSession, armoire: Armoire
) -> None:
    given = await order(session, armoire, "K2", is_closed=True)
    await service.hand_out(session, everywhere, AT)
    await take(session, relays(1, 2, at=after(seconds=3)))
    assert await state_of(session, given) == DeliveryState.APPLIED


async def test_what_the_relay_said_before_the_order_left_proves_nothing(
    session: AsyncSession, armoire: Armoire
) -> None:
    given = await order(session, armoire, "K2")
    await take(session, relays(at=after(seconds=1)))
    assert await state_of(session, given) == DeliveryState.QUEUED
    await service.hand_out(session, everywhere, after(seconds=5))
    await take(session, relays(at=after(seconds=2)))
    assert await state_of(session, given) == DeliveryState.SENT


async def test_an_order_that_nobody_confirms_is_sent_again_and_given_up(
    session: AsyncSession, armoire: Armoire
) -> None:
    given = await order(session, armoire)
    sent_at = [AT]
    assert await service.hand_out(session, everywhere, AT)
    assert await service.hand_out(session, everywhere, AT) == []
    now = AT
    while now < after(minutes=29):
        now += MINUTE
        if await service.hand_out(session, everywhere, now):
            sent_at.append(now)
    assert len(sent_at) > 2
    assert given.attempts == len(sent_at)
    await service.tick(session, after(minutes=31))
    assert await state_of(session, given) == DeliveryState.EXPIRED
    assert await service.hand_out(session, everywhere, after(minutes=32)) == []


async def test_an_order_to_a_network_without_a_line_waits(
    session: AsyncSession, armoire: Armoire
) -> None:
    given = await order(session, armoire)
    assert await service.hand_out(session, lambda network: False, AT) == []
    assert await state_of(session, given) == DeliveryState.QUEUED


async def test_the_newest_order_wins(session: AsyncSession, armoire: Armoire) -> None:
    first = await order(session, armoire)
    second = await order(session, armoire, is_closed=True, now=after(seconds=1))
    assert await state_of(session, first) == DeliveryState.SUPERSEDED
    (leaving,) = await service.hand_out(session, everywhere, after(seconds=2))
    assert leaving.delivery_id == second.id


async def test_when_an_order_expires_its_contactor_rests_again(
    session: AsyncSession, armoire: Armoire
) -> None:
    await order(session, armoire)
    await order(session, armoire, "K2", is_closed=True)
    await service.tick(session, after(minutes=59))
    assert len(await service.switches(session, SYSTEM, armoire.cabinet_id)) == 2
    await service.tick(session, after(minutes=60))
    newest, *others = await service.switches(session, SYSTEM, armoire.cabinet_id)
    assert len(others) == 2
    assert (newest.channel_id, newest.is_closed) == (armoire.contactor(), True)  # K1 rests closed
    assert (newest.author, newest.reason, newest.expires_at) == ("cabinets", "rest", None)
    live = await service.live(session, SYSTEM, armoire.cabinet_id, after(minutes=61))
    assert [view.wanted and view.wanted.desired_is_closed for view in live.contactors] == [
        True,
        None,  # K2 is left as it is
    ]
    await service.tick(session, after(minutes=61))
    assert len(await service.switches(session, SYSTEM, armoire.cabinet_id)) == 3


async def test_a_cancelled_order_lets_its_contactor_rest_at_once(
    session: AsyncSession, armoire: Armoire
) -> None:
    given = await order(session, armoire)
    await service.cancel(session, SYSTEM, armoire.cabinet_id, given.id, now=after(minutes=1))
    assert await state_of(session, given) == DeliveryState.CANCELLED
    (leaving,) = await service.hand_out(session, everywhere, after(minutes=1))
    assert leaving.level_percent == 100
    with pytest.raises(SwitchOrderEndedError):
        await service.cancel(session, SYSTEM, armoire.cabinet_id, given.id, now=after(minutes=2))


async def test_an_order_needs_an_end_a_contactor_and_the_right(
    session: AsyncSession, armoire: Armoire
) -> None:
    with pytest.raises(InvalidInputError, match="always ends"):
        await order(session, armoire, duration=None)
    with pytest.raises(NotAContactorError):
        await order(session, armoire, contactor_id=new_id())
    watcher = Caller(
        new_id(), "w@example.org", "W", "fr", {Role.SEE: frozenset({armoire.organisation_id})}
    )
    with pytest.raises(ForbiddenError):
        await service.switch(
            session,
            watcher,
            armoire.cabinet_id,
            contactor_id=armoire.contactor(),
            is_closed=True,
            reason="essai",
            now=AT,
            duration=timedelta(hours=1),
        )


async def test_a_stranger_knows_no_such_cabinet(session: AsyncSession, armoire: Armoire) -> None:
    elsewhere = frozenset({new_id()})
    stranger = Caller(new_id(), "s@example.org", "S", "fr", {role: elsewhere for role in Role})
    with pytest.raises(NotFoundError):
        await service.live(session, stranger, armoire.cabinet_id, AT)
    with pytest.raises(NotFoundError):
        await service.switches(session, stranger, armoire.cabinet_id)
    with pytest.raises(NotFoundError):
        await service.energy(session, stranger, armoire.cabinet_id, (AT, after(hours=1)))


async def test_a_device_stands_in_one_place(session: AsyncSession, armoire: Armoire) -> None:
    with pytest.raises(DeviceTakenError):
        await service.install_device(
            session,
            SYSTEM,
            armoire.cabinet_id,
            controller_id=armoire.meter.controller_id,
            channels=(),
            phase_count=3,
            at=AT,
        )


async def test_a_contact_that_follows_no_output_is_refused(
    session: AsyncSession, armoire: Armoire
) -> None:
    await service.remove_device(session, SYSTEM, armoire.cabinet_id, armoire.relays.id, at=AT)
    lost = NewChannel(Direction.INPUT, "DI1", ContactRole.CONTACTOR_CLOSED, follows="K9")
    with pytest.raises(InvalidInputError, match="DI1 follows 'K9', which is no output"):
        await service.install_device(
            session,
            SYSTEM,
            armoire.cabinet_id,
            controller_id=armoire.relays.controller_id,
            channels=(lost,),
            phase_count=3,
            at=AT,
        )


async def test_a_device_that_leaves_takes_its_open_orders_with_it(
    session: AsyncSession, armoire: Armoire
) -> None:
    given = await order(session, armoire)
    await service.remove_device(
        session, SYSTEM, armoire.cabinet_id, armoire.relays.id, at=after(minutes=1)
    )
    assert await state_of(session, given) == DeliveryState.CANCELLED
    await service.tick(session, after(hours=2))
    assert await service.hand_out(session, everywhere, after(hours=2)) == []

"""Answers what devices say to the application packages: their clocks are corrected, their groups
noted."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from drivers.errors import DecodeError
from drivers.lorawan.packages import clock_sync, multicast_setup
from kit.access import audit
from kit.access.model import Caller, Role
from kit.log import get_logger
from lighting.radio import memberships
from lighting.radio.model import FrameState, MemberState, PackageHeard
from lighting.radio.tables import RadioFrame
from lighting.registry.directory.model import ControllerRef

log = get_logger()

# A correction says how wrong a clock was when it asked: it stays right, but a device that asks
# again has another token, so an old answer is only noise on air.
ANSWER_AGE_MAX = timedelta(minutes=5)
# A class A device may speak once in hours; a resynchronisation waits that long.
RESYNC_AGE_MAX = timedelta(hours=24)
RESYNC_TRANSMISSIONS = 3


async def note(session: AsyncSession, heard: Iterable[PackageHeard], now: datetime) -> None:
    """Queue the answers to what one batch of uplinks says, and note who took the keys of a group.
    What cannot be read is in quarantine already: the codec reads the same bytes."""
    for one in heard:
        try:
            answers, slots = _answers(one), _slots(one)
        except DecodeError as error:
            log.info("package not answered", controller_key=one.controller_key, reason=str(error))
            continue
        for slot, state in slots:
            await memberships.note_member(session, one.controller_key, slot, state.value, now)
        for answer in answers:
            frame = clock_sync.encode_downlink(answer)
            session.add(_frame(one.controller_key, frame.port, frame.payload, now, ANSWER_AGE_MAX))


def _slots(heard: PackageHeard) -> Sequence[tuple[int, MemberState]]:
    """The slots a device answers for, and whether it holds a group there now."""
    if heard.port != multicast_setup.PORT:
        return ()
    return [
        (one.group, MemberState.REFUSED if one.is_refused else MemberState.READY)
        for one in multicast_setup.decode_uplink(heard.payload)
        if isinstance(one, multicast_setup.GroupSetupAns)
    ]


def _answers(heard: PackageHeard) -> Sequence[clock_sync.AppTimeAns]:
    if heard.port != clock_sync.PORT:
        return ()
    asked = clock_sync.decode_uplink(heard.payload)
    answers = (
        clock_sync.answer(one, heard.at) for one in asked if isinstance(one, clock_sync.AppTimeReq)
    )
    return [answer for answer in answers if answer is not None]


async def force_resync(
    session: AsyncSession, caller: Caller, controller: ControllerRef, now: datetime
) -> None:
    """Make a device ask for the time."""
    caller.require(Role.COMMAND, controller.organisation_id)
    frame = clock_sync.encode_downlink(clock_sync.ForceResyncReq(RESYNC_TRANSMISSIONS))
    session.add(_frame(controller.controller_key, frame.port, frame.payload, now, RESYNC_AGE_MAX))
    await audit.record(
        session,
        caller,
        at=now,
        action="controller.resync",
        subject_type="controller",
        subject_id=controller.controller_id,
        organisation_id=controller.organisation_id,
    )


def _frame(
    controller_key: int, port: int, payload: bytes, now: datetime, age_max: timedelta
) -> RadioFrame:
    return RadioFrame(
        controller_key=controller_key,
        port=port,
        payload=payload,
        state=FrameState.WAITING.value,
        created_at=now,
        not_before=now,
        expires_at=now + age_max,
    )

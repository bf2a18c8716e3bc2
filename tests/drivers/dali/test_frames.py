"""Frames against python-dali, which shares no code with ours."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from dali.address import GearBroadcast, GearGroup, GearShort
from dali.gear import general, led

from drivers.dali import frames
from drivers.dali.frames import BROADCAST, Forward, LedQuery, Order, OrderOf, Query, Special
from drivers.dali.overheard import ordered_level, overheard
from drivers.errors import EncodeError

ORDERS = {
    Order.OFF: general.Off,
    Order.UP: general.Up,
    Order.DOWN: general.Down,
    Order.STEP_UP: general.StepUp,
    Order.STEP_DOWN: general.StepDown,
    Order.RECALL_MAX: general.RecallMaxLevel,
    Order.RECALL_MIN: general.RecallMinLevel,
    Order.STEP_DOWN_AND_OFF: general.StepDownAndOff,
    Order.ON_AND_STEP_UP: general.OnAndStepUp,
    Order.ENABLE_DAPC_SEQUENCE: general.EnableDAPCSequence,
    Order.GO_TO_LAST_ACTIVE_LEVEL: general.GoToLastActiveLevel,
    Order.RESET: general.Reset,
    Order.STORE_ACTUAL_LEVEL_IN_DTR0: general.StoreActualLevelInDTR0,
    Order.SET_MAX_LEVEL: general.SetMaxLevel,
    Order.SET_MIN_LEVEL: general.SetMinLevel,
    Order.SET_SYSTEM_FAILURE_LEVEL: general.SetSystemFailureLevel,
    Order.SET_POWER_ON_LEVEL: general.SetPowerOnLevel,
    Order.SET_FADE_TIME: general.SetFadeTime,
    Order.SET_FADE_RATE: general.SetFadeRate,
    Order.SET_SHORT_ADDRESS: general.SetShortAddress,
    Order.ENABLE_WRITE_MEMORY: general.EnableWriteMemory,
}
ORDERS_OF = {
    OrderOf.GO_TO_SCENE: general.GoToScene,
    OrderOf.SET_SCENE: general.SetScene,
    OrderOf.REMOVE_FROM_SCENE: general.RemoveFromScene,
    OrderOf.ADD_TO_GROUP: general.AddToGroup,
    OrderOf.REMOVE_FROM_GROUP: general.RemoveFromGroup,
}
QUERIES = {
    Query.STATUS: general.QueryStatus,
    Query.CONTROL_GEAR_PRESENT: general.QueryControlGearPresent,
    Query.LAMP_FAILURE: general.QueryLampFailure,
    Query.LAMP_POWER_ON: general.QueryLampPowerOn,
    Query.VERSION_NUMBER: general.QueryVersionNumber,
    Query.CONTENT_DTR0: general.QueryContentDTR0,
    Query.DEVICE_TYPE: general.QueryDeviceType,
    Query.PHYSICAL_MINIMUM: general.QueryPhysicalMinimum,
    Query.CONTENT_DTR1: general.QueryContentDTR1,
    Query.ACTUAL_LEVEL: general.QueryActualLevel,
    Query.MAX_LEVEL: general.QueryMaxLevel,
    Query.MIN_LEVEL: general.QueryMinLevel,
    Query.POWER_ON_LEVEL: general.QueryPowerOnLevel,
    Query.SYSTEM_FAILURE_LEVEL: general.QuerySystemFailureLevel,
    Query.FADE_TIME_RATE: general.QueryFadeTimeFadeRate,
    Query.NEXT_DEVICE_TYPE: general.QueryNextDeviceType,
    Query.GROUPS_0_TO_7: general.QueryGroupsZeroToSeven,
    Query.GROUPS_8_TO_15: general.QueryGroupsEightToFifteen,
    Query.MEMORY_LOCATION: general.ReadMemoryLocation,
}
SPECIALS = {
    Special.DTR0: general.DTR0,
    Special.DTR1: general.DTR1,
    Special.DTR2: general.DTR2,
    Special.ENABLE_DEVICE_TYPE: general.EnableDeviceType,
    Special.WRITE_MEMORY_LOCATION: general.WriteMemoryLocation,
    Special.WRITE_MEMORY_LOCATION_NO_REPLY: general.WriteMemoryLocationNoReply,
}
TARGETS = [
    *((frames.short(n), GearShort(n)) for n in (0, 5, 63)),
    *((frames.group(n), GearGroup(n)) for n in (0, 3, 15)),
    (BROADCAST, GearBroadcast()),
]


def _pairs() -> Iterator[Any]:
    for ours, theirs in TARGETS:
        for level in (0, 1, 229, 254):
            yield frames.direct_level(ours, level), general.DAPC(theirs, level)
        for what, kind in ORDERS.items():
            yield frames.order(ours, what), kind(theirs)
        for numbered, kind in ORDERS_OF.items():
            yield frames.order_of(ours, numbered, 9), kind(theirs, 9)
        for asked, kind in QUERIES.items():
            yield frames.query(ours, asked), kind(theirs)
        yield frames.query_scene(ours, 9), general.QuerySceneLevel(theirs, 9)
        curve = LedQuery.DIMMING_CURVE
        yield frames.query_led(ours, curve), led.QueryDimmingCurve(theirs)
        failures = LedQuery.FAILURE_STATUS
        yield frames.query_led(ours, failures), led.QueryFailureStatus(theirs)
        yield frames.select_curve(ours), led.SelectDimmingCurve(theirs)
    for said, kind in SPECIALS.items():
        yield frames.special(said, 0x5A), kind(0x5A)
    yield frames.special(Special.TERMINATE), general.Terminate()
    yield frames.special(Special.COMPARE), general.Compare()
    yield frames.special(Special.RANDOMISE), general.Randomise()
    yield frames.special(Special.INITIALISE), general.Initialise(broadcast=True)


PAIRS = [pytest.param(ours, theirs, id=str(theirs)) for ours, theirs in _pairs()]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_another_library_writes_the_same_frame(ours: Forward, theirs: Any) -> None:
    assert int.from_bytes(ours.payload, "big") == theirs.frame.as_integer
    assert ours.is_sent_twice == theirs.sendtwice
    assert ours.has_answer == (theirs.response is not None)
    assert ours.device_type == theirs.devicetype


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_every_frame_we_write_has_words(ours: Forward, theirs: Any) -> None:
    assert overheard(ours) is not None


def test_all_that_can_be_said_is_compared() -> None:
    assert set(ORDERS) == set(Order)
    assert set(QUERIES) == set(Query)
    assert set(ORDERS_OF) == set(OrderOf)
    alone = {Special.TERMINATE, Special.COMPARE, Special.RANDOMISE, Special.INITIALISE}
    assert set(SPECIALS) | alone == set(Special)


@pytest.mark.parametrize(
    ("frame", "words", "level"),
    [
        (frames.direct_level(frames.group(3), 254), "DAPC group 3 level 254", 254),
        (frames.direct_level(frames.short(5), 255), "DAPC short 5 level 255", None),
        (frames.order(frames.short(5), Order.OFF), "OFF short 5", 0),
        (frames.order_of(BROADCAST, OrderOf.GO_TO_SCENE, 4), "GO TO SCENE 4 broadcast", None),
        (frames.special(Special.DTR1, 202), "DTR1 202", None),
        (frames.query(frames.UNADDRESSED, Query.STATUS), "QUERY STATUS unaddressed", None),
        (
            frames.query_led(frames.short(1), LedQuery.DIMMING_CURVE),
            "QUERY DIMMING CURVE short 1",
            None,
        ),
    ],
)
def test_an_overheard_frame_is_told_in_words(frame: Forward, words: str, level: int | None) -> None:
    said = overheard(frame)
    assert said is not None
    assert str(said) == words
    assert ordered_level(said) == level


def test_only_frames_for_one_gear_name_its_short_address() -> None:
    alone, together = (
        overheard(frames.direct_level(to, 1)) for to in (frames.short(7), frames.group(7))
    )
    assert alone is not None
    assert alone.short_address == 7
    assert together is not None
    assert together.short_address is None


def test_a_reserved_command_has_no_words() -> None:
    assert overheard(Forward(0x0B, 0x2B + 0x60 + 0x20)) is None


@pytest.mark.parametrize(
    "write",
    [
        lambda: frames.short(64),
        lambda: frames.group(-1),
        lambda: frames.direct_level(BROADCAST, 256),
        lambda: frames.order_of(BROADCAST, OrderOf.GO_TO_SCENE, 16),
        lambda: frames.special(Special.DTR0, 256),
    ],
)
def test_what_is_out_of_range_is_not_written(write: Callable[[], object]) -> None:
    with pytest.raises(EncodeError, match="is outside 0"):
        write()


def test_a_device_type_is_enabled_before_its_frames() -> None:
    asked = frames.query_led(frames.short(1), LedQuery.DIMMING_CURVE)
    plain = frames.query(frames.short(1), Query.STATUS)
    assert frames.with_enabling([plain, asked]) == [
        plain,
        frames.special(Special.ENABLE_DEVICE_TYPE, 6),
        asked,
    ]

"""Orders to a device, and the device's own side of the codec."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import LevelEcho, NegativeAcknowledgement, PortFrame, ProgramStep, Quantity
from drivers.errors import EncodeError
from drivers.lorawan import nas
from drivers.lorawan.nas.driver import Ul20xx

AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("order", "port", "frame"),
    [
        pytest.param(nas.set_level(100), 60, "01fe64", id="full level"),
        pytest.param(nas.set_level(0), 60, "01fe00", id="off"),
        pytest.param(nas.set_level(None), 60, "01feff", id="back to the program"),
        pytest.param(nas.set_level(50, "dali_single_2"), 60, "010432", id="one gear"),
        pytest.param(nas.set_level_for(100, timedelta(minutes=15)), 60, "09fe640f", id="timed"),
        pytest.param(nas.query(usage=True, status=True), 60, "0503", id="status and usage now"),
        pytest.param(nas.query(position=True), 60, "0508", id="position now"),
        pytest.param(nas.switch_open_drain(True), 60, "0c01", id="output on"),
        pytest.param(
            nas.set_status_interval(timedelta(hours=1)), 50, "07100e0000", id="status each hour"
        ),
        pytest.param(
            nas.set_usage_interval(timedelta(minutes=15)), 50, "0b84030000ff", id="usage interval"
        ),
        pytest.param(
            nas.set_clock(datetime(2020, 1, 16, 15, 23, 31, tzinfo=UTC)),
            50,
            "09f37f205e",
            id="clock",
        ),
        pytest.param(nas.set_clock(None), 50, "0900000000", id="clock from the network"),
        pytest.param(nas.set_fallback_level(50), 50, "2532", id="fallback"),
        pytest.param(
            nas.write_profile(0, [ProgramStep(60, 20), ProgramStep(330, 100)], days=["mon"]),
            50,
            "210002fe020006142164",
            id="profile",
        ),
        pytest.param(nas.request_config("status_config_request"), 49, "07", id="ask interval"),
        pytest.param(nas.enter_update_mode(), 51, "ff", id="update mode"),
        pytest.param(nas.restart(), 51, "fe", id="restart"),
        pytest.param(
            nas.write_multicast_keys(1, "11223344", "00" * 16, "11" * 16),
            50,
            "520144332211" + "00" * 16 + "11" * 16,
            id="multicast keys",
        ),
        pytest.param(
            nas.config_chain(
                [
                    {"packet_type": "status_config_packet", "status_interval__s": 60},
                    {"packet_type": "boot_delay_config_packet", "boot_delay_range__s": 600},
                ]
            ),
            50,
            "fe073c0000000d5802",
            id="chain",
        ),
    ],
)
def test_an_order_is_written_as_documented(order: PortFrame, port: int, frame: str) -> None:
    assert order.port == port
    assert order.payload.hex() == frame


@pytest.mark.parametrize("level", [-1, 101, 255])
def test_a_level_outside_the_scale_is_refused(level: int) -> None:
    with pytest.raises(EncodeError, match=r"outside 0\.\.100"):
        nas.set_level(level)


@pytest.mark.parametrize(
    "hold", [timedelta(0), timedelta(seconds=90), timedelta(minutes=256), timedelta(minutes=-1)]
)
def test_a_hold_the_device_cannot_count_is_refused(hold: timedelta) -> None:
    with pytest.raises(EncodeError, match="whole minutes"):
        nas.set_level_for(50, hold)


def test_intervals_outside_the_documented_range_are_refused() -> None:
    with pytest.raises(EncodeError):
        nas.set_status_interval(timedelta(seconds=59))
    with pytest.raises(EncodeError):
        nas.set_status_interval(timedelta(days=2))


@pytest.mark.parametrize("steps", [[], [ProgramStep(0, 10)] * 10])
def test_a_profile_without_steps_or_with_too_many_is_refused(steps: list[ProgramStep]) -> None:
    with pytest.raises(EncodeError, match="1 to 9 steps"):
        nas.write_profile(0, steps)


def test_a_profile_step_between_ten_minutes_is_refused() -> None:
    with pytest.raises(EncodeError, match="ten minutes"):
        nas.write_profile(0, [ProgramStep(65, 10)])


def test_the_only_output_has_no_name() -> None:
    assert Ul20xx().switch_output(True) == nas.switch_open_drain(True)
    with pytest.raises(EncodeError, match="output 'DO2'"):
        Ul20xx().switch_output(True, "DO2")


@given(level=st.integers(0, 100), minutes=st.integers(1, 255), gear=st.integers(0, 63))
def test_an_order_echoed_by_the_device_acknowledges_itself(
    level: int, minutes: int, gear: int
) -> None:
    hold = timedelta(minutes=minutes)
    order = nas.set_level_for(level, hold, f"dali_single_{gear}")
    echo = nas.encode_echo_uplink(order)
    decoded = nas.decode_uplink(echo.port, echo.payload, AT)
    assert decoded.acknowledgements == [LevelEcho(level, AT, hold, f"dali_single_{gear}")]


@given(
    energy_wh=st.integers(0, 2**32 - 1),
    power_w=st.integers(0, 2**16 - 1),
    power_factor=st.integers(0, 100),
    voltage_v=st.integers(0, 255),
    burning_time_s=st.integers(0, 2**32 - 1),
)
def test_a_simulated_usage_is_read_back(
    energy_wh: int, power_w: int, power_factor: int, voltage_v: int, burning_time_s: int
) -> None:
    frame = nas.encode_usage_uplink(
        active_energy_wh=energy_wh,
        active_power_w=power_w,
        power_factor=power_factor / 100,
        supply_voltage_v=voltage_v,
        burning_time_s=burning_time_s,
    )
    decoded = nas.decode_uplink(frame.port, frame.payload, AT)
    assert {reading.quantity: reading.value for reading in decoded.readings} == {
        Quantity.ACTIVE_ENERGY_WH: energy_wh,
        Quantity.ACTIVE_POWER_W: power_w,
        Quantity.POWER_FACTOR: power_factor / 100,
        Quantity.SUPPLY_VOLTAGE_V: voltage_v,
        Quantity.BURNING_TIME_S: burning_time_s,
    }


@given(level=st.none() | st.integers(0, 100), temperature_c=st.integers(-40, 85))
def test_a_simulated_status_is_read_back(level: int | None, temperature_c: int) -> None:
    frame = nas.encode_status_uplink(
        AT, [nas.GearReport(level)], rssi_dbm=-97, snr_db=-3, temperature_c=temperature_c
    )
    decoded = nas.decode_uplink(frame.port, frame.payload, AT)
    readings = {reading.quantity: reading.value for reading in decoded.readings}
    assert readings.get(Quantity.LEVEL_PERCENT) == level
    assert readings[Quantity.TEMPERATURE_C] == temperature_c
    assert readings[Quantity.RSSI_DBM] == -97
    assert readings[Quantity.SNR_DB] == -3
    assert all(reading.measured_at == AT for reading in decoded.readings)


def test_a_simulated_boot_is_read_back() -> None:
    frame = nas.encode_boot_uplink(AT, serial=0x5083000D, reset_reason=0x02)
    (event,) = nas.decode_uplink(frame.port, frame.payload, AT).events
    assert event.at == AT
    assert event.detail["device_serial"] == "5083000D"
    assert event.detail["reset_reason"] == ["watchdog_reset"]


def test_a_simulated_refusal_is_read_back() -> None:
    frame = nas.encode_rejection_uplink(60, "address_not_available")
    decoded = nas.decode_uplink(frame.port, frame.payload, AT)
    assert decoded.acknowledgements == [NegativeAcknowledgement("address_not_available", 60, AT)]
    with pytest.raises(EncodeError, match="tired"):
        nas.encode_rejection_uplink(60, "tired")


def test_simulated_alerts_are_read_back() -> None:
    gear = nas.encode_gear_alert_uplink(0x02)
    assert [event.kind for event in nas.decode_uplink(*gear, AT).events] == ["lamp_failure"]
    meter = nas.encode_metering_alert_uplink(0b00100, 60, 198, 0.97)
    (event,) = nas.decode_uplink(*meter, AT).events
    assert event.detail == {"conditions": ["under_voltage"]}

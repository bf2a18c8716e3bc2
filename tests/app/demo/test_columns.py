"""The sensors of the demo's column say what they declare; its street on sun speaks LoRaWAN."""

from datetime import UTC, datetime, timedelta

import pytest

from app.demo import sensors, solar
from app.demo.districts import EVERYWHERE, district_of
from app.demo.sensors import DEVICES, ColumnDevice
from drivers import profiles
from kit.ids import new_id
from lighting.sensors.model import MEASURED, Channel
from lighting.sensors.rules import objections

AT = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.profile)
def test_every_value_of_a_frame_is_declared_or_declined(device: ColumnDevice) -> None:
    frame = device.frame(AT, 1)
    decoded = profiles.listener(device.profile).decode_uplink(*frame, AT)
    said = {
        Channel(one.quantity, one.channel): one.value
        for one in decoded.readings
        if one.quantity in MEASURED
    }
    declared = {one.channel: one.value(AT, 1) for one in device.declared}
    assert said.keys() == declared.keys() | device.declined
    assert {channel: said[channel] for channel in declared} == pytest.approx(declared)


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.profile)
def test_every_declaration_is_complete(device: ColumnDevice) -> None:
    for one in device.declared:
        assert objections(sensors.declaration(one, new_id())) == []


def test_quarters_end_within_the_stretch() -> None:
    found = sensors.quarters(AT - timedelta(minutes=29), AT + timedelta(minutes=1))
    assert found == [AT - timedelta(minutes=15), AT]


def test_the_street_on_sun_is_on_the_network_its_controllers_speak() -> None:
    assert district_of(solar.CABINET) is EVERYWHERE
    assert profiles.load(solar.PROFILE).network == "lorawan"
    street = [rank for rank in range(64) if solar.is_solar(solar.CABINET, rank)]
    assert len(street) == solar.LAMP_COUNT


def test_a_week_of_batteries_stays_within_them() -> None:
    batteries = solar.batteries_of([(43.6, 3.88)] * 3, seed=1)
    at = AT
    for _ in range(7 * 48):
        at += solar.STEP
        solar.live_on(batteries, at, seed=1)
        assert (batteries.charge_percent >= 0).all()
        assert (batteries.charge_percent <= 100).all()
    assert (batteries.produced_wh > 100).all()

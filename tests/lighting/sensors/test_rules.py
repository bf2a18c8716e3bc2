"""What may be declared, kept and told of sensors; which period a value belongs to."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Measurement, Quantity
from kit.ids import new_id
from lighting.sensors.compute import period_start, periods
from lighting.sensors.model import (
    COUNTS,
    MEASURED,
    PERIOD,
    Channel,
    KeptReading,
    KnownDevice,
    KnownSensor,
    LegalBasis,
    NewSensor,
    Period,
    SensorKind,
)
from lighting.sensors.open_data import NGSI_LD
from lighting.sensors.rules import is_about_people, objections, told, undeclared

NOON = datetime(2026, 10, 14, 10, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 10, 13, 22, 0, tzinfo=UTC)
PARIS = "Europe/Paris"
AIR = NewSensor(
    device_id=new_id(),
    kind=SensorKind.AIR_QUALITY,
    channel=Channel(Quantity.CO2_PPM),
    title="CO2, Comédie",
    purpose="Follow the air of the square",
    legal_basis=LegalBasis.NO_PERSONAL_DATA,
    owner="Service environnement",
    retention_days=365,
)


def changed(**facts: object) -> NewSensor:
    values = {name: getattr(AIR, name) for name in AIR.__dataclass_fields__}
    return NewSensor(**{**values, **facts})  # type: ignore[arg-type]


def test_a_complete_declaration_meets_no_objection() -> None:
    assert objections(AIR) == []


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"purpose": "   air    "}, id="no purpose"),
        pytest.param({"owner": " "}, id="nobody answers"),
        pytest.param({"retention_days": 0}, id="kept no day"),
        pytest.param({"retention_days": 36500}, id="kept a century"),
        pytest.param({"channel": Channel(Quantity.PERSON_COUNT)}, id="counting people as air"),
        pytest.param(
            {"legal_basis": LegalBasis.CONSENT, "is_publishable": True}, id="consent published"
        ),
    ],
)
def test_an_incomplete_declaration_is_refused(facts: dict[str, object]) -> None:
    assert len(objections(changed(**facts))) == 1


def test_values_nobody_declared_or_declined_are_named() -> None:
    device = KnownDevice(
        new_id(),
        new_id(),
        "24e124",
        "milesight/em500-co2",
        sensors={Channel(Quantity.CO2_PPM): KnownSensor(new_id(), timedelta(days=1))},
        declined=frozenset({Channel(Quantity.AIR_PRESSURE_HPA)}),
    )
    sent = (
        Quantity.CO2_PPM,
        Quantity.AIR_PRESSURE_HPA,
        Quantity.TEMPERATURE_C,
        Quantity.BATTERY_CHARGE_PERCENT,
    )
    measured = [Measurement(quantity, 1, NOON) for quantity in sent]
    assert undeclared(device, measured) == [Channel(Quantity.TEMPERATURE_C)]


def test_a_report_on_the_quarter_is_about_the_quarter_before() -> None:
    assert period_start(NOON) == NOON - PERIOD
    assert period_start(NOON + timedelta(seconds=1)) == NOON
    assert period_start(NOON + PERIOD) == NOON


readings = st.lists(
    st.builds(
        KeptReading,
        st.sampled_from([UUID(int=1), UUID(int=2)]),
        st.integers(0, 86_400).map(lambda second: NOON + timedelta(seconds=second)),
        st.integers(0, 500).map(float),
    ),
    min_size=1,
)


@given(readings)
def test_periods_lose_and_double_nothing(values: list[KeptReading]) -> None:
    made = periods(values)
    assert sum(one.total for one in made.values()) == sum(one.value for one in values)
    assert sum(one.samples for one in made.values()) == len(values)
    for one in values:
        home = made[one.sensor_id, period_start(one.at)]
        assert home.minimum <= one.value <= home.maximum


@pytest.mark.parametrize(
    ("starts_at", "total", "is_near", "is_withheld"),
    [
        pytest.param(MIDNIGHT, 4, True, True, id="four at midnight near dwellings"),
        pytest.param(MIDNIGHT, 0, True, True, id="nobody at midnight near dwellings"),
        pytest.param(MIDNIGHT, 5, True, False, id="five at midnight"),
        pytest.param(MIDNIGHT, 4, False, False, id="four at midnight where nobody lives"),
        pytest.param(NOON, 1, True, False, id="one at noon"),
    ],
)
def test_few_passers_of_the_night_are_not_told(
    starts_at: datetime, total: float, is_near: bool, is_withheld: bool
) -> None:
    period = Period(starts_at, total, total, total, 1)
    one = told(Quantity.PERSON_COUNT, period, PERIOD, PARIS, is_near_dwellings=is_near)
    assert one.is_withheld is is_withheld
    assert one.value == (None if is_withheld else total)


def test_other_quantities_are_averaged_and_never_withheld() -> None:
    period = Period(MIDNIGHT, 3.0, 0.5, 1.5, 3)
    one = told(Quantity.CO2_PPM, period, PERIOD, PARIS, is_near_dwellings=True)
    assert (one.value, one.minimum, one.maximum, one.is_withheld) == (1.0, 0.5, 1.5, False)


def test_every_measured_quantity_has_its_words_in_ngsi_ld() -> None:
    assert NGSI_LD.keys() == MEASURED


def test_counts_are_about_people() -> None:
    assert all(is_about_people(quantity) for quantity in COUNTS)
    assert not is_about_people(Quantity.CO2_PPM)

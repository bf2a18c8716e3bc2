"""Open data of sensors: the columns of the CSV, and the words NGSI-LD has for each quantity."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from drivers.contract import UNITS, Quantity
from lighting.sensors.model import SensorView, ToldPeriod

COLUMNS = (
    "sensor_id",
    "title",
    "kind",
    "quantity",
    "channel",
    "unit",
    "lon_deg",
    "lat_deg",
    "from",
    "to",
    "value",
    "minimum",
    "maximum",
    "is_withheld",
)


class Published(NamedTuple):
    """Entity type, attribute and UN/CEFACT unit code of a quantity in NGSI-LD."""

    entity_type: str
    attribute: str
    unit_code: str | None


# Smart Data Models: dataModel.Environment, dataModel.Transportation, dataModel.Parking,
# dataModel.Weather; unit codes of UN/CEFACT recommendation 20.
NGSI_LD: Mapping[Quantity, Published] = {
    Quantity.PERSON_COUNT: Published("CrowdFlowObserved", "peopleCount", None),
    Quantity.VEHICLE_COUNT: Published("TrafficFlowObserved", "intensity", None),
    Quantity.PARKING_OCCUPIED: Published("ParkingSpot", "status", None),
    Quantity.CO2_PPM: Published("AirQualityObserved", "co2", "59"),
    Quantity.NO2_UG_M3: Published("AirQualityObserved", "no2", "GQ"),
    Quantity.PM10_UG_M3: Published("AirQualityObserved", "pm10", "GQ"),
    Quantity.PM2_5_UG_M3: Published("AirQualityObserved", "pm25", "GQ"),
    Quantity.TEMPERATURE_C: Published("AirQualityObserved", "temperature", "CEL"),
    Quantity.RELATIVE_HUMIDITY_PERCENT: Published("AirQualityObserved", "relativeHumidity", "P1"),
    Quantity.AIR_PRESSURE_HPA: Published("WeatherObserved", "atmosphericPressure", "A97"),
    Quantity.SOUND_LEVEL_DBA: Published("NoiseLevelObserved", "LAeq", "2N"),
    Quantity.SOUND_LEVEL_MAX_DBA: Published("NoiseLevelObserved", "LAmax", "2N"),
    Quantity.DISTANCE_MM: Published("FloodMonitoring", "measuredDistance", "MMT"),
    Quantity.ILLUMINANCE_LX: Published("WeatherObserved", "illuminance", "LUX"),
}


def heading() -> str:
    """The first line of the file."""
    return _line(COLUMNS)


def lines(sensor: SensorView, periods: Sequence[ToldPeriod]) -> Iterator[str]:
    """A line for each period of a sensor; a withheld value is left empty."""
    head = (
        sensor.id,
        sensor.title,
        sensor.kind.value,
        sensor.quantity.value,
        sensor.channel.name,
        UNITS.get(sensor.quantity, ""),
        sensor.device.lon_deg,
        sensor.device.lat_deg,
    )
    for one in periods:
        numbers = (_number(value) for value in (one.value, one.minimum, one.maximum))
        span = (one.starts_at.isoformat(), one.ends_at.isoformat())
        yield _line((*head, *span, *numbers, str(one.is_withheld).lower()))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _line(values: Sequence[object]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerow(values)
    return made.getvalue()

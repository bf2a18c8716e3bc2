"""What every driver promises, and the only vocabulary a driver speaks.

Values are msgspec structs: frozen, compared by value, and cheap enough to make by the
hundred thousand. Instants are aware UTC. A driver moves bytes and never decides anything
about lighting.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import IntFlag, StrEnum
from typing import Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

from msgspec import Struct

from drivers.errors import DecodeError, EncodeError

__all__ = [
    "PROTOCOLS",
    "UNITS",
    "Ability",
    "Acknowledgement",
    "DecodeError",
    "Decoded",
    "DeviceEvent",
    "Dims",
    "EncodeError",
    "EventKind",
    "Found",
    "Frame",
    "HoldsProgram",
    "LevelEcho",
    "Listens",
    "Measurement",
    "NegativeAcknowledgement",
    "PortFrame",
    "ProgramStep",
    "Quantity",
    "ReadsMeter",
    "Scans",
    "SettingEcho",
    "StatusFlag",
    "SwitchesCircuit",
    "TakesSettings",
    "TellsTime",
    "UpdatesFirmware",
]


class Quantity(StrEnum):
    """What a measurement measures; the unit is in the name.

    Energy, times and pulses are running counters as integers; `status_flags` is a `StatusFlag`
    set; a contact (`input_on`, `output_on`, `parking_occupied`) is 0 or 1. `person_count` and
    `vehicle_count` are what passed since the report before; a charge current is negative while
    the battery discharges.
    """

    LEVEL_PERCENT = "level_percent"
    ACTIVE_POWER_W = "active_power_w"
    ACTIVE_ENERGY_WH = "active_energy_wh"
    EXPORTED_ENERGY_WH = "exported_energy_wh"
    APPARENT_POWER_VA = "apparent_power_va"
    APPARENT_ENERGY_VAH = "apparent_energy_vah"
    SUPPLY_VOLTAGE_V = "supply_voltage_v"
    FREQUENCY_HZ = "frequency_hz"
    CURRENT_A = "current_a"
    POWER_FACTOR = "power_factor"
    TEMPERATURE_C = "temperature_c"
    BURNING_TIME_S = "burning_time_s"
    OPERATING_TIME_S = "operating_time_s"
    LOAD_SIDE_POWER_W = "load_side_power_w"
    LOAD_SIDE_ENERGY_WH = "load_side_energy_wh"
    ILLUMINANCE_LX = "illuminance_lx"
    TILT_DEG = "tilt_deg"
    INPUT_ON = "input_on"
    OUTPUT_ON = "output_on"
    PULSE_COUNT = "pulse_count"
    CHARGE_AH = "charge_ah"
    ANALOG_CURRENT_MA = "analog_current_ma"
    ANALOG_VOLTAGE_V = "analog_voltage_v"
    BATTERY_CHARGE_PERCENT = "battery_charge_percent"
    BATTERY_VOLTAGE_V = "battery_voltage_v"
    CHARGE_CURRENT_A = "charge_current_a"
    PANEL_POWER_W = "panel_power_w"
    PANEL_ENERGY_WH = "panel_energy_wh"
    PERSON_COUNT = "person_count"
    VEHICLE_COUNT = "vehicle_count"
    PARKING_OCCUPIED = "parking_occupied"
    RELATIVE_HUMIDITY_PERCENT = "relative_humidity_percent"
    AIR_PRESSURE_HPA = "air_pressure_hpa"
    CO2_PPM = "co2_ppm"
    NO2_UG_M3 = "no2_ug_m3"
    PM10_UG_M3 = "pm10_ug_m3"
    PM2_5_UG_M3 = "pm2_5_ug_m3"
    SOUND_LEVEL_DBA = "sound_level_dba"
    SOUND_LEVEL_MAX_DBA = "sound_level_max_dba"
    DISTANCE_MM = "distance_mm"
    RSSI_DBM = "rssi_dbm"
    SNR_DB = "snr_db"
    STATUS_FLAGS = "status_flags"


UNITS: Mapping[Quantity, str] = {
    Quantity.LEVEL_PERCENT: "%",
    Quantity.ACTIVE_POWER_W: "W",
    Quantity.ACTIVE_ENERGY_WH: "Wh",
    Quantity.EXPORTED_ENERGY_WH: "Wh",
    Quantity.APPARENT_POWER_VA: "VA",
    Quantity.APPARENT_ENERGY_VAH: "VAh",
    Quantity.SUPPLY_VOLTAGE_V: "V",
    Quantity.FREQUENCY_HZ: "Hz",
    Quantity.CURRENT_A: "A",
    Quantity.TEMPERATURE_C: "°C",
    Quantity.BURNING_TIME_S: "s",
    Quantity.OPERATING_TIME_S: "s",
    Quantity.LOAD_SIDE_POWER_W: "W",
    Quantity.LOAD_SIDE_ENERGY_WH: "Wh",
    Quantity.ILLUMINANCE_LX: "lx",
    Quantity.TILT_DEG: "°",
    Quantity.CHARGE_AH: "Ah",
    Quantity.ANALOG_CURRENT_MA: "mA",
    Quantity.ANALOG_VOLTAGE_V: "V",
    Quantity.BATTERY_CHARGE_PERCENT: "%",
    Quantity.BATTERY_VOLTAGE_V: "V",
    Quantity.CHARGE_CURRENT_A: "A",
    Quantity.PANEL_POWER_W: "W",
    Quantity.PANEL_ENERGY_WH: "Wh",
    Quantity.RELATIVE_HUMIDITY_PERCENT: "%",
    Quantity.AIR_PRESSURE_HPA: "hPa",
    Quantity.CO2_PPM: "ppm",
    Quantity.NO2_UG_M3: "µg/m³",
    Quantity.PM10_UG_M3: "µg/m³",
    Quantity.PM2_5_UG_M3: "µg/m³",
    Quantity.SOUND_LEVEL_DBA: "dB(A)",
    Quantity.SOUND_LEVEL_MAX_DBA: "dB(A)",
    Quantity.DISTANCE_MM: "mm",
    Quantity.RSSI_DBM: "dBm",
    Quantity.SNR_DB: "dB",
}
"""How to write a unit; a power factor, flags, contacts and counts have none."""


class StatusFlag(IntFlag):
    """States a device reports again with every status, as bits of `Quantity.STATUS_FLAGS`."""

    LAMP_FAILURE = 1 << 0
    CONTROL_GEAR_FAILURE = 1 << 1
    LAMP_ON = 1 << 2
    LIMIT_ERROR = 1 << 3
    RELAY_CLOSED = 1 << 4
    CONTROL_GEAR_COMM_FAILURE = 1 << 5
    METERING_FAILURE = 1 << 6
    CLOCK_WARNING = 1 << 7
    VOLTAGE_ALERT_IN_24H = 1 << 8
    LAMP_ERROR_ALERT_IN_24H = 1 << 9
    POWER_ALERT_IN_24H = 1 << 10
    POWER_FACTOR_ALERT_IN_24H = 1 << 11
    OUTPUT_SWITCHED_ON = 1 << 12
    DIGITAL_INPUT_ON = 1 << 13
    LIGHT_SENSOR_ACTIVE = 1 << 14


class EventKind(StrEnum):
    """What a device can tell beside measurements; fault names follow TALQ where it has one."""

    BOOT = "boot"
    SHUTDOWN = "shutdown"
    SUPPLY_LOSS = "supply_loss"
    DEVICE_ERROR = "device_error"
    LAMP_FAILURE = "lamp_failure"
    CONTROL_GEAR_FAILURE = "control_gear_failure"
    CONTROL_GEAR_COMM_FAILURE = "control_gear_comm_failure"
    OVERHEATING = "overheating"
    RELAY_FAILURE = "relay_failure"
    DAY_BURNER = "day_burner"
    CYCLING_FAILURE = "cycling_failure"
    METERING_FAILURE = "metering_failure"
    METERING_ALERT = "metering_alert"
    ALERT_IN_24H = "alert_in_24h"
    CLOCK_WARNING = "clock_warning"
    CLOCK_IMPLAUSIBLE = "clock_implausible"
    CLOCK_SYNC = "clock_sync"
    DIGITAL_INPUT = "digital_input"
    LIGHT_SENSOR = "light_sensor"
    LIGHT_SWITCHED = "light_switched"
    LOCAL_MODE = "local_mode"
    DEVICE_NOTE = "device_note"
    LOCATION = "location"
    FIRMWARE_UPDATE = "firmware_update"
    NETWORK_REGISTERED = "network_registered"
    NETWORK_DEREGISTERED = "network_deregistered"
    MULTICAST_SETUP = "multicast_setup"
    NAMEPLATE = "nameplate"
    OVERHEARD_ORDER = "overheard_order"
    REGISTER_VALUE = "register_value"
    RECORD_UNUSABLE = "record_unusable"


class Frame(Struct, frozen=True, gc=False):
    """One message as the network handed it over, before anyone has interpreted it."""

    topic: str
    payload: bytes
    received_at: datetime


class Measurement(Struct, frozen=True, gc=False):
    """One value of one quantity; counters are integers.

    `channel` tells apart what a device measures more than once, in the device's own words: a
    phase `L1`, an input `DI3`. Empty is the device, or the light, as a whole.
    """

    quantity: Quantity
    value: float | int
    measured_at: datetime
    channel: str = ""


class DeviceEvent(Struct, frozen=True):
    """Something the device reports that is not a measurement; `kind` is an `EventKind`."""

    kind: str
    at: datetime
    detail: Mapping[str, object] = {}


class LevelEcho(Struct, frozen=True, gc=False):
    """The device repeats the level it was ordered: the order reached it.

    `level_percent` is None when it was sent back to its program; `hold` is how long the
    level lasts, None when it lasts until the next order. `address` is the gear it applies to.
    """

    level_percent: int | None
    at: datetime
    hold: timedelta | None = None
    address: str = ""


class SettingEcho(Struct, frozen=True):
    """The device repeats, or answers, an order that is not a level: what it took or holds."""

    setting: str
    at: datetime
    detail: Mapping[str, object] = {}


class NegativeAcknowledgement(Struct, frozen=True, gc=False):
    """The device refuses the order it got on `downlink_port`, with its reason."""

    reason: str
    downlink_port: int
    at: datetime


Acknowledgement: TypeAlias = LevelEcho | SettingEcho | NegativeAcknowledgement


class Decoded(Struct, frozen=True):
    """All that one frame says. Any list may be empty."""

    readings: list[Measurement]
    events: list[DeviceEvent]
    acknowledgements: list[Acknowledgement]


class Found(Struct, frozen=True):
    """A device a scan has found: its address, and what it says of itself (GTIN, serial, types)."""

    address: str
    evidence: Mapping[str, Any] = {}


class PortFrame(NamedTuple):
    """The bytes of one application frame and the port (LoRaWAN fPort) that says their function."""

    port: int
    payload: bytes


class ProgramStep(Struct, frozen=True, gc=False):
    """From `minute_of_day` on, in the device's own time, this level."""

    minute_of_day: int
    level_percent: int


@runtime_checkable
class Scans(Protocol):
    """Can look for what stands on its line. Of use when a link is open, not to a codec."""

    async def scan(self) -> Sequence[Found]:
        """What is there, each with its address; raises `LinkError`."""


@runtime_checkable
class Listens(Protocol):
    """Understands what the device sends."""

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        """What the frame says; raises `DecodeError` when it cannot be read."""


@runtime_checkable
class Dims(Protocol):
    """Can be told a level of light."""

    def set_level(self, level_percent: int | None, hold: timedelta | None = None) -> PortFrame:
        """The order for 0..100 % of light, None for back to its program; or `EncodeError`."""


@runtime_checkable
class SwitchesCircuit(Protocol):
    """Can open and close its outputs."""

    def switch_output(self, is_on: bool, output: str = "") -> PortFrame:
        """The order that closes (on) or opens (off) the output of that channel, without a name
        all of them; raises `EncodeError` for an output the device does not have."""


@runtime_checkable
class HoldsProgram(Protocol):
    """Keeps a program of the night by itself, so that the light obeys without the network."""

    def write_program(self, slot: int, steps: Sequence[ProgramStep]) -> Sequence[PortFrame]:
        """The orders that store `steps`, every day, in `slot`; raises `EncodeError`."""


@runtime_checkable
class ReadsMeter(Protocol):
    """Can be asked for its meter at any time."""

    def request_meter(self) -> PortFrame:
        """The order that makes the device report its meter now."""


@runtime_checkable
class TakesSettings(Protocol):
    """Can be told how to behave, by the names its profile gives its settings."""

    def write_setting(self, setting: str, values: Mapping[str, float | int]) -> PortFrame:
        """The order that sets it; raises `EncodeError` for one the device does not have."""


@runtime_checkable
class UpdatesFirmware(Protocol):
    """Can be put in the mode in which it takes new firmware."""

    def enter_update_mode(self) -> PortFrame:
        """The order that starts update mode."""


@runtime_checkable
class TellsTime(Protocol):
    """Sends its own clock with some frames."""

    def device_time(self, port: int, payload: bytes) -> datetime | None:
        """The device's clock in this frame, None when it sends none or a wrong one."""


class Ability(StrEnum):
    """What a device model can do, as its profile claims it."""

    LISTENS = "listens"
    DIMS = "dims"
    SWITCHES_CIRCUIT = "switches_circuit"
    HOLDS_PROGRAM = "holds_program"
    READS_METER = "reads_meter"
    TAKES_SETTINGS = "takes_settings"
    UPDATES_FIRMWARE = "updates_firmware"
    TELLS_TIME = "tells_time"


PROTOCOLS: Mapping[Ability, type] = {
    Ability.LISTENS: Listens,
    Ability.DIMS: Dims,
    Ability.SWITCHES_CIRCUIT: SwitchesCircuit,
    Ability.HOLDS_PROGRAM: HoldsProgram,
    Ability.READS_METER: ReadsMeter,
    Ability.TAKES_SETTINGS: TakesSettings,
    Ability.UPDATES_FIRMWARE: UpdatesFirmware,
    Ability.TELLS_TIME: TellsTime,
}
"""The protocol a driver must fulfil for each ability its profile claims."""

"""What a decoded frame says, in the names and units of the vendors' own decoders."""

from collections.abc import Callable, Mapping
from typing import Any

from drivers.contract import Decoded, EventKind, LevelEcho, Quantity, SettingEcho

ON_OFF = {0: "off", 1: "on"}


def same(value: float) -> float:
    return value


def thousandths(value: float) -> int:
    return round(value * 1000)


# By quantity and kind of channel: the published name, and the published value of ours.
MILESIGHT: Mapping[tuple[Quantity, str], tuple[str, Callable[[Any], Any]]] = {
    (Quantity.SUPPLY_VOLTAGE_V, ""): ("voltage", same),
    (Quantity.ACTIVE_POWER_W, ""): ("active_power", same),
    (Quantity.POWER_FACTOR, ""): ("power_factor", lambda factor: round(factor * 100)),
    (Quantity.ACTIVE_ENERGY_WH, ""): ("power_consumption", same),
    (Quantity.CURRENT_A, ""): ("current", thousandths),
    (Quantity.CURRENT_A, "CH"): ("current_chn", same),
    (Quantity.OUTPUT_ON, ""): ("socket_status", ON_OFF.get),
    (Quantity.OUTPUT_ON, "SW"): ("switch_", ON_OFF.get),
    (Quantity.OUTPUT_ON, "DO"): ("gpio_output_", ON_OFF.get),
    (Quantity.INPUT_ON, "DI"): ("gpio_input_", ON_OFF.get),
    (Quantity.PULSE_COUNT, "DI"): ("gpio_counter_", same),
    (Quantity.TEMPERATURE_C, "PT"): ("pt100_", same),
    (Quantity.ANALOG_CURRENT_MA, "AI"): ("adc_", same),
}
NO_ALARMS = {
    "current_threshold_alarm": "no",
    "current_threshold_alarm_release": "no",
    "current_over_range_alarm": "no",
    "current_over_range_alarm_release": "no",
}


def of_milesight(decoded: Decoded) -> dict[str, Any]:
    """As the decoders of Milesight-IoT/SensorDecoders say it."""
    said: dict[str, Any] = {}
    for reading in decoded.readings:
        kind = reading.channel.rstrip("0123456789")
        name, published = MILESIGHT[reading.quantity, kind]
        said[name + reading.channel[len(kind) :]] = published(reading.value)
    for event in decoded.events:
        channel = f"current_chn{str(event.detail['channel'])[-1]}"
        if event.kind == EventKind.METERING_FAILURE:
            said[f"{channel}_sensor_status"] = "read failed"
            continue
        ending = "_release" if event.detail.get("is_over") else ""
        alarms = said.setdefault(f"{channel}_alarm", dict(NO_ALARMS))
        alarms[f"current_{event.detail['alert']}_alarm{ending}"] = "yes"
        for limit in ("max", "min"):
            said[f"{channel}_{limit}"] = event.detail[f"current_a_{limit}"]
    return said


SLS: Mapping[Quantity, tuple[str, Callable[[Any], Any]]] = {
    Quantity.LEVEL_PERCENT: ("dimmer", str),
    Quantity.ACTIVE_POWER_W: ("power", "{:g}".format),
    Quantity.ACTIVE_ENERGY_WH: ("energy", lambda energy_wh: f"{energy_wh / 1000:g}"),
    Quantity.POWER_FACTOR: ("powerfactor", "{:g}".format),
    Quantity.CURRENT_A: ("irms", "{:g}".format),
    Quantity.SUPPLY_VOLTAGE_V: ("vrms", "{:g}".format),
}
SLS_DETAILS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "count": ("adccount", same),
    "result": ("epromerase", same),
    "is_on": ("adaptivedatarate", same),
    "transmit_power": ("TransmitPower", str),
    "data_rate": ("DataRate", str),
}


def of_sls(decoded: Decoded) -> dict[str, Any]:
    """As volc2180.js of TheThingsNetwork/lorawan-devices says it."""
    said: dict[str, Any] = {}
    for reading in decoded.readings:
        name, published = SLS[reading.quantity]
        said[name] = published(reading.value)
    for echo in decoded.acknowledgements:
        assert isinstance(echo, SettingEcho)
        for detail, value in echo.detail.items():
            name, published = SLS_DETAILS[detail]
            said[name] = published(value)
    return said


def of_comtac(decoded: Decoded) -> dict[str, Any]:
    """As comtac_dali-bridge.ex of ZennerIoT/element-parsers says it."""
    (echo,), (event,), (flags,) = decoded.acknowledgements, decoded.events, decoded.readings
    assert isinstance(echo, LevelEcho)
    said = {
        f"{name.replace('dali_level', 'last_dali_level')}": v for name, v in event.detail.items()
    }
    return {
        "last_received_level_percent": echo.level_percent,
        "dali_status": flags.value,  # of the bits with a name; the vector has none set
        **said,
    }

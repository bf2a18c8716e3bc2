"""On which field network each part of the demo city speaks: data, by the number of the cabinet.

A cabinet feeds at most 64 lamps, which is what a DALI line holds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from lighting.networks.model import NetworkKind, NewNetwork

APPLICATION_ID = "6b1f7e52-84a0-4c65-9f0e-5d3f8a1c2b70"
THINGS_APPLICATION = "reverbere-demo@montpellier"
# EUI-64 whose first octet says "locally administered": no maker's device has one of these.
DEV_EUI = "02de300000{:06x}"
NAS = "nas/ul20xx"
IP_GATEWAY = "halles"
OSLP_SECRET = "demo_oslp"
JSON_PROFILE = "cellular/lamp-json"
DALI_GATEWAY, DALI_PROFILE = "dali-armoire-6", "intesis/in703dal"
# What the registry expects of a controller; the simulated ones report more often than that.
RADIO_PERIOD = timedelta(hours=1)


def _dev_eui(number: int, _: int) -> str:
    """The address of a radio controller, by the number of its lamp in the city."""
    return DEV_EUI.format(number)


def _short_address(_: int, rank: int) -> str:
    """Gateway, unit, channel, short address."""
    return f"{DALI_GATEWAY}/1/0/{rank}"


def _gear_on_line(_: int, rank: int) -> str:
    """Gateway, line, short address."""
    return f"{IP_GATEWAY}/0/{rank}"


def _oslp_device(number: int, _: int) -> str:
    """Two bytes of a maker that does not exist, ten of the device."""
    return f"ffff{number:020x}"


def _imei(number: int, _: int) -> str:
    """That of a modem of no maker."""
    return f"99000000{number:07d}"


def _endpoint_name(number: int, rank: int) -> str:
    """As such a modem would call itself."""
    return f"urn:imei:{_imei(number, rank)}"


@dataclass(frozen=True, slots=True)
class District:
    """The cabinets whose lamps are on one network. `address` makes the address of a controller
    from the number of its lamp in the city (from 1) and its place in the cabinet (from 0)."""

    kind: NetworkKind
    where: str
    title: str
    profile: str
    address: Callable[[int, int], str]
    cabinets: frozenset[int] = frozenset()
    expected_period: timedelta = RADIO_PERIOD
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def network(self) -> str:
        """The name its controllers give."""
        return f"{self.kind.value}:{self.where}"

    def entered_for(self, organisation_id: UUID, more: Mapping[str, Any]) -> NewNetwork:
        """The network as it is entered, with settings that are only known then."""
        settings = {**self.settings, **more}
        return NewNetwork(organisation_id, self.kind, self.where, self.title, settings)


# Gateways of a dense city reach every lamp at the fastest data rate, in the second window too: each
# may then dim two lamps a second within its duty cycle.
RX2_DATA_RATE = 5

EVERYWHERE = District(
    NetworkKind.CHIRPSTACK,
    APPLICATION_ID,
    "LoRaWAN Montpellier (généré)",
    NAS,
    _dev_eui,
    settings={"rx2_data_rate": RX2_DATA_RATE},
)
"""Where no other network is."""

DISTRICTS: Sequence[District] = (
    District(
        NetworkKind.THE_THINGS_STACK,
        THINGS_APPLICATION,
        "LoRaWAN, quartier sur The Things Stack (généré)",
        NAS,
        _dev_eui,
        frozenset({4, 5}),
        settings={
            "host": "127.0.0.1",
            "port": 1883,
            "tls": False,
            "rx2_data_rate": RX2_DATA_RATE,
        },
    ),
    District(
        NetworkKind.MODBUS,
        DALI_GATEWAY,
        "DALI-2, passerelle Modbus d'une armoire (généré)",
        DALI_PROFILE,
        _short_address,
        frozenset({6}),
        settings={"host": "127.0.0.1", "units": [{"unit": 1, "profile": DALI_PROFILE}]},
    ),
    District(
        NetworkKind.LUNATONE,
        IP_GATEWAY,
        "DALI-2, passerelle IP (généré)",
        "lunatone/dali2-iot",
        _gear_on_line,
        frozenset({11}),
        settings={"url": "http://127.0.0.1:8900"},
    ),
    District(
        NetworkKind.LWM2M,
        "cellulaire",
        "NB-IoT, LwM2M (généré)",
        "ucifi/lamp",
        _endpoint_name,
        frozenset({8}),
        settings={"host": "127.0.0.1", "allows_unprotected": True},
    ),
    District(
        NetworkKind.OSLP,
        "2g",
        "2.5G, OSLP (généré)",
        "oslp/sld",
        _oslp_device,
        frozenset({12}),
        settings={"host": "127.0.0.1", "secret": OSLP_SECRET},
    ),
    District(
        NetworkKind.CELLULAR_MQTT,
        "lte-m",
        "LTE-M, messages JSON (généré)",
        JSON_PROFILE,
        _imei,
        frozenset({10}),
        settings={"profile": JSON_PROFILE, "topic_filter": "lamps/+/up"},
    ),
)


def district_of(cabinet_number: int) -> District:
    """The district a cabinet belongs to, by its number (from 1)."""
    return next((one for one in DISTRICTS if cabinet_number in one.cabinets), EVERYWHERE)

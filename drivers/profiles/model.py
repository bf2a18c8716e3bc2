"""What a device profile holds: facts about a model, each with where it comes from."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct

from drivers.contract import Ability


class Quality(StrEnum):
    """How far a profile can be trusted, least first."""

    UNTESTED = "untested"  # written from documents
    SIMULATED = "simulated"  # frames were made: by a simulator, or for the vendor's own decoder
    RECORDED = "recorded"  # frames come from devices or are the vendor's own examples
    PROVEN = "proven"  # in service on a named site


class DeviceClass(StrEnum):
    """When a LoRaWAN device listens: after it has spoken (A), or without pause (C)."""

    A = "A"
    C = "C"


class LoRaWan(Struct, frozen=True, forbid_unknown_fields=True):
    """What the radio of a LoRaWAN model can do. To a class A device the network server keeps an
    order until the next uplink, to class C it sends at once."""

    device_class: DeviceClass


class UplinkPort(Struct, frozen=True, forbid_unknown_fields=True):
    """A port the device sends on; `any` when no document tells which."""

    port: int | Literal["any"]
    carries: str
    firmware: str = ""


class Power(Struct, frozen=True, forbid_unknown_fields=True):
    """What the device's meter resolves, and from which power a lamp counts as lit."""

    resolution_w: float
    lit_power_w_min: float
    reason: str


class ProfileFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The YAML file of a profile.

    `codec` has one key, the kind, of `drivers.profiles.codecs.KINDS`; what stands under it has
    the shape of that kind.
    """

    profile: str
    manufacturer: str
    model: str
    network: str
    codec: dict[str, Any]
    abilities: list[Ability]
    quality: Quality
    source: str
    expected_period_s: int
    uplink_ports: list[UplinkPort]
    power: Power | None = None
    lorawan: LoRaWan | None = None
    quirks: list[str] = []


class Codec(Struct, frozen=True):
    """How a model speaks, as its profile says it: `content` has the shape of the kind."""

    kind: str
    content: Any


class Profile(Struct, frozen=True):
    """A device model as the product knows it; `name` is its file, for example `nas/ul20xx`."""

    name: str
    manufacturer: str
    model: str
    network: str
    codec: Codec
    abilities: frozenset[Ability]
    quality: Quality
    source: str
    expected_period: timedelta
    uplink_ports: tuple[UplinkPort, ...]
    power: Power | None
    lorawan: LoRaWan | None
    quirks: tuple[str, ...]


class ExpectedFrame(Struct, frozen=True, forbid_unknown_fields=True):
    """What a recorded frame must be decoded to: readings by quantity (`current_a L1` of a
    channel), flags and events by name.

    All readings and events are listed; of an acknowledgement, what is listed must be there.
    """

    readings: dict[str, float | int] = {}
    flags: list[str] = []
    events: list[str] = []
    acknowledgements: list[dict[str, object]] = []
    measured_at: str | None = None


class RecordedFrame(Struct, frozen=True, forbid_unknown_fields=True):
    """One frame of a device and what it says; `recorded` tells from whom and when."""

    name: str
    recorded: str
    port: int
    hex: str
    expect: ExpectedFrame


class RecordedOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """The published bytes of one order; `order` names a method of an ability and its arguments.

    With `echoed`, the device repeats the bytes on the same port once it has taken the order.
    """

    name: str
    recorded: str
    port: int
    hex: str
    order: dict[str, dict[str, Any]]
    echoed: bool = False


class ProfileError(ValueError):
    """A profile that does not exist or is not written as it must be; the text says where."""

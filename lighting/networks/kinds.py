"""What must be known to reach a network of each kind, as data: checked when it is entered, read by
the worker that opens its line.

Secrets are named, never held: `secret` is the name of an entry of REVERBERE_NETWORK_SECRETS.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kit.errors import InvalidInputError
from lighting.networks.model import NetworkKind

Port = Annotated[int, Field(ge=1, le=65_535)]
SecretName = Annotated[str, Field(pattern="^[a-z0-9_]{1,60}$")]


class KindSettings(BaseModel):
    """Base: an unknown field is a mistake worth hearing about."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LoRaWanSettings(KindSettings):
    """How the network sends in its second window (EU863-870): the radio planner counts its air by
    it, so it must be what the server is set to."""

    rx2_data_rate: int = Field(default=0, ge=0, le=6)
    rx2_frequency_hz: int = Field(default=869_525_000, ge=863_000_000, le=870_000_000)


class ChirpStackSettings(LoRaWanSettings):
    """An application of a ChirpStack 4 server that speaks through our broker; `where` in the name
    is its application identifier. With `api_url`, multicast groups are kept there too."""

    api_url: str | None = Field(default=None, max_length=300)
    secret: SecretName | None = None


class TheThingsStackSettings(LoRaWanSettings):
    """An application of The Things Stack 3 at its own MQTT server; `where` is `app@tenant`, or
    `app` in the Open Source edition. `secret` names its API key."""

    host: str = Field(min_length=1, max_length=253)
    port: Port = 8883
    tls: bool = True
    secret: SecretName | None = None
    rx2_data_rate: int = Field(default=3, ge=0, le=6)


class BusUnit(KindSettings):
    """A device on a bus, by its unit identifier."""

    unit: int = Field(ge=0, le=255)
    profile: str = Field(min_length=1, max_length=100)


class ModbusSettings(KindSettings):
    """A Modbus gateway: over TCP (`host`), or a serial line of this machine (`device`)."""

    host: str | None = Field(default=None, max_length=253)
    port: Port = 502
    device: str | None = Field(default=None, max_length=100, pattern="^/dev/")
    baudrate: int = Field(default=9600, ge=300, le=1_000_000)
    parity: Literal["N", "E", "O"] = "N"
    units: tuple[BusUnit, ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> "ModbusSettings":
        if (self.host is None) == (self.device is None):
            raise ValueError("give either 'host' (Modbus TCP) or 'device' (serial line)")
        return self


class LunatoneSettings(KindSettings):
    """A Lunatone DALI-2 IoT gateway."""

    url: str = Field(pattern="^https?://", max_length=300)


class LwM2mSettings(KindSettings):
    """Our own LwM2M server, to which cellular controllers register. `secret` names their OSCORE
    keys, a JSON object by endpoint name; without a key of its own a device is turned away, unless
    the network `allows_unprotected` (a private APN)."""

    host: str = Field(default="0.0.0.0", max_length=253)
    port: Port = 5683
    secret: SecretName | None = None
    allows_unprotected: bool = False


class DeviceKey(KindSettings):
    """The public key a device signs with, as PEM."""

    device_id: str = Field(pattern="^[0-9a-f]{24}$")
    public_key: str = Field(pattern="^-----BEGIN PUBLIC KEY-----", max_length=2000)


class OslpSettings(KindSettings):
    """Our own OSLP platform for 2.5G controllers. `secret` names its private key (PEM);
    `device_keys` are the public keys of the devices."""

    host: str = Field(default="0.0.0.0", max_length=253)
    port: Port = 12_122
    device_port: Port = 12_121
    secret: SecretName | None = None
    device_keys: tuple[DeviceKey, ...] = ()


class CellularMqttSettings(KindSettings):
    """Controllers that publish JSON or CBOR to our broker; the profile maps topics and paths."""

    profile: str = Field(min_length=1, max_length=100)
    topic_filter: str = Field(min_length=1, max_length=300)


SETTINGS: Mapping[NetworkKind, type[KindSettings]] = {
    NetworkKind.CHIRPSTACK: ChirpStackSettings,
    NetworkKind.THE_THINGS_STACK: TheThingsStackSettings,
    NetworkKind.MODBUS: ModbusSettings,
    NetworkKind.LUNATONE: LunatoneSettings,
    NetworkKind.LWM2M: LwM2mSettings,
    NetworkKind.OSLP: OslpSettings,
    NetworkKind.CELLULAR_MQTT: CellularMqttSettings,
}


class NetworkSettingsError(InvalidInputError):
    """The settings do not fit the kind of network."""

    code = "network_settings_invalid"
    title = "These settings do not fit this kind of network"


def settings_of(kind: NetworkKind, given: Mapping[str, Any]) -> KindSettings:
    """The settings of a network, checked; the error names the field and what it wants."""
    try:
        return SETTINGS[kind].model_validate(given)
    except ValidationError as error:
        wrong = (
            f"{'.'.join(map(str, one['loc'])) or 'settings'}: {one['msg']}"
            for one in error.errors(include_url=False)
        )
        raise NetworkSettingsError("; ".join(wrong)) from error

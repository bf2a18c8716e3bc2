"""Speaks for the LoRaWAN network server: ChirpStack 4's MQTT messages, as its clients see them.

Protobuf's JSON mapping leaves out default values (frame counter 0, not confirmed), and so do we.
Source: ChirpStack 4 documentation, "Events" and "MQTT integration".
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from simulator.model import Lamp

# Fixed names of the simulated server; identifiers of tenant and profile only decorate messages.
TENANT = {"tenantId": "52f14cd4-0000-4000-8000-000000000001", "tenantName": "Simulated city"}
PROFILE = {
    "deviceProfileId": "14855bf7-0000-4000-8000-000000000002",
    "deviceProfileName": "Luminaire controller",
}
FREQUENCY_HZ = 868_100_000
COMMAND_FILTER = "application/+/device/+/command/down"


@dataclass(frozen=True, slots=True)
class Message:
    """What is published: topic and JSON bytes."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class QueuedDownlink:
    """A downlink the application asked for."""

    dev_eui: str
    queue_item_id: str | None
    port: int
    payload: bytes


class _Command(msgspec.Struct, rename="camel"):
    dev_eui: str
    data: str
    f_port: int
    id: str | None = None
    confirmed: bool = False


class BadCommandError(ValueError):
    """A downlink request that ChirpStack would not take."""


def uplink(
    lamp: Lamp,
    port: int,
    payload: bytes,
    at: datetime,
    *,
    f_cnt: int,
    identifier: UUID,
    snr_db: float,
) -> Message:
    """An `up` event."""
    return _event(
        lamp,
        "up",
        at,
        {
            "deduplicationId": str(identifier),
            "devAddr": lamp.dev_eui[-8:],
            "adr": True,
            "dr": 5,
            **({"fCnt": f_cnt} if f_cnt else {}),
            "fPort": port,
            "data": b64encode(payload).decode(),
            "rxInfo": [
                {
                    "gatewayId": lamp.gateway_id,
                    "uplinkId": identifier.int & 0xFFFF_FFFF,
                    "rssi": int(-100 + 2 * snr_db),
                    "snr": round(snr_db, 1),
                }
            ],
            "txInfo": {
                "frequency": FREQUENCY_HZ,
                "modulation": {
                    "lora": {"bandwidth": 125000, "spreadingFactor": 7, "codeRate": "CR_4_5"}
                },
            },
            "regionConfigId": "eu868",
        },
    )


def transmitted(lamp: Lamp, downlink: QueuedDownlink, at: datetime, *, f_cnt_down: int) -> Message:
    """A `txack` event: a gateway has sent the downlink."""
    return _event(
        lamp,
        "txack",
        at,
        {
            "downlinkId": f_cnt_down + 1,
            **({"queueItemId": downlink.queue_item_id} if downlink.queue_item_id else {}),
            **({"fCntDown": f_cnt_down} if f_cnt_down else {}),
            "gatewayId": lamp.gateway_id,
        },
    )


def read_command(topic: str, payload: bytes) -> QueuedDownlink:
    """The downlink asked for by a message on `…/command/down`."""
    try:
        command = msgspec.json.decode(payload, type=_Command)
        data = b64decode(command.data, validate=True)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadCommandError(f"{topic}: {error}") from error
    if topic.split("/")[3:4] != [command.dev_eui]:
        raise BadCommandError(f"{topic}: devEui {command.dev_eui} is not the topic's")
    if not 1 <= command.f_port <= 223:
        raise BadCommandError(f"{topic}: fPort {command.f_port} is not one for applications")
    return QueuedDownlink(command.dev_eui, command.id, command.f_port, data)


def _event(lamp: Lamp, kind: str, at: datetime, body: Mapping[str, Any]) -> Message:
    info = {
        **TENANT,
        "applicationId": lamp.application_id,
        "applicationName": "streetlights",
        **PROFILE,
        "deviceName": f"olc-{lamp.dev_eui[-6:]}",
        "devEui": lamp.dev_eui,
        "deviceClassEnabled": "CLASS_C",
    }
    document = {"time": at.isoformat(), "deviceInfo": info, **body}
    return Message(
        f"application/{lamp.application_id}/device/{lamp.dev_eui}/event/{kind}",
        msgspec.json.encode(document),
    )

"""Speaks for the LoRaWAN network server: ChirpStack 4's MQTT messages, as its clients see them.

Protobuf's JSON mapping leaves out default values (frame counter 0, not confirmed), and so do we.
Source: ChirpStack 4 documentation, "Events" and "MQTT integration".
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from simulator.model import Lamp
from simulator.servers.model import BadCommandError, HeardFrame, Message, QueuedDownlink

# Fixed names of the simulated server; identifiers of tenant and profile only decorate messages.
TENANT = {"tenantId": "52f14cd4-0000-4000-8000-000000000001", "tenantName": "Simulated city"}
PROFILE = {
    "deviceProfileId": "14855bf7-0000-4000-8000-000000000002",
    "deviceProfileName": "Luminaire controller",
}
FREQUENCY_HZ = 868_100_000


class _Command(msgspec.Struct, rename="camel"):
    dev_eui: str
    data: str
    f_port: int
    id: str | None = None
    confirmed: bool = False


class ChirpStack:
    """A ChirpStack 4 server."""

    kind = "chirpstack"
    command_filters = ("application/+/device/+/command/down",)

    def uplink(self, lamp: Lamp, heard: HeardFrame) -> Message:
        """An `up` event."""
        return _event(
            lamp,
            "up",
            heard.at,
            {
                "deduplicationId": str(heard.identifier),
                "devAddr": lamp.address[-8:],
                "adr": True,
                "dr": 5,
                **({"fCnt": heard.number} if heard.number else {}),
                "fPort": heard.port,
                "data": b64encode(heard.payload).decode(),
                "rxInfo": [
                    {
                        "gatewayId": lamp.gateway_id,
                        "uplinkId": heard.identifier.int & 0xFFFF_FFFF,
                        "rssi": heard.rssi_dbm,
                        "snr": round(heard.snr_db, 1),
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

    def transmitted(
        self, lamp: Lamp, downlink: QueuedDownlink, at: datetime, *, number: int
    ) -> Message:
        """A `txack` event."""
        return _event(
            lamp,
            "txack",
            at,
            {
                "downlinkId": number + 1,
                **({"queueItemId": downlink.identifier} if downlink.identifier else {}),
                **({"fCntDown": number} if number else {}),
                "gatewayId": lamp.gateway_id,
            },
        )

    def read_command(self, topic: str, payload: bytes) -> QueuedDownlink:
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
        "applicationId": lamp.where,
        "applicationName": "streetlights",
        **PROFILE,
        "deviceName": f"olc-{lamp.address[-6:]}",
        "devEui": lamp.address,
        "deviceClassEnabled": "CLASS_C",
    }
    document = {"time": at.isoformat(), "deviceInfo": info, **body}
    return Message(
        f"application/{lamp.where}/device/{lamp.address}/event/{kind}",
        msgspec.json.encode(document),
    )

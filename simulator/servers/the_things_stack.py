"""The Things Stack 3's MQTT messages, as its applications see them; defaults are left out.

A device's name in topics is made of its EUI, as the stack proposes it. Source:
thethingsindustries.com, "MQTT Server" and "Data Formats".
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from simulator.model import Lamp
from simulator.servers.model import BadCommandError, HeardFrame, Message, QueuedDownlink

FREQUENCY_HZ = "868300000"
DEVICE_PREFIX = "eui-"


class _Downlink(msgspec.Struct):
    f_port: int
    frm_payload: str
    correlation_ids: list[str] = []


class _Command(msgspec.Struct):
    downlinks: list[_Downlink]


class TheThingsStack:
    """A server of The Things Stack 3; networks are named `tts:<app>@<tenant>`."""

    kind = "tts"
    command_filters = ("v3/+/devices/+/down/push", "v3/+/devices/+/down/replace")

    def uplink(self, lamp: Lamp, heard: HeardFrame) -> Message:
        """An `up` message."""
        said = {
            "session_key_id": "AXBSH1Pk6Z0G166Y1kGTPQ==",
            "f_port": heard.port,
            **({"f_cnt": heard.number} if heard.number else {}),
            "frm_payload": b64encode(heard.payload).decode(),
            "rx_metadata": [
                {
                    "gateway_ids": {
                        "gateway_id": f"gw-{lamp.gateway_id[-4:]}",
                        "eui": lamp.gateway_id.upper(),
                    },
                    "rssi": heard.rssi_dbm,
                    "channel_rssi": heard.rssi_dbm,
                    "snr": round(heard.snr_db, 1),
                }
            ],
            "settings": {
                "data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 7}},
                "frequency": FREQUENCY_HZ,
            },
            "received_at": heard.at.isoformat(),
        }
        return _message(lamp, "up", heard.at, {"uplink_message": said})

    def transmitted(
        self, lamp: Lamp, downlink: QueuedDownlink, at: datetime, *, number: int
    ) -> Message:
        """A `down/sent` message."""
        sent = {
            "f_port": downlink.port,
            **({"f_cnt": number} if number else {}),
            "frm_payload": b64encode(downlink.payload).decode(),
            "correlation_ids": [downlink.identifier] if downlink.identifier else [],
        }
        return _message(lamp, "down/sent", at, {"downlink_sent": sent})

    def read_command(self, topic: str, payload: bytes) -> QueuedDownlink:
        """The last downlink asked for by a message on `…/down/push`."""
        device_id = (topic.split("/")[3:4] or [""])[0]
        try:
            (downlink,) = msgspec.json.decode(payload, type=_Command).downlinks
            data = b64decode(downlink.frm_payload, validate=True)
        except (msgspec.MsgspecError, ValueError) as error:
            raise BadCommandError(f"{topic}: {error}") from error
        identifier = next(iter(downlink.correlation_ids), None)
        address = device_id.removeprefix(DEVICE_PREFIX)
        return QueuedDownlink(address, identifier, downlink.f_port, data)


def _message(lamp: Lamp, kind: str, at: datetime, body: Mapping[str, Any]) -> Message:
    device_id = f"{DEVICE_PREFIX}{lamp.address}"
    identifiers = {
        "device_id": device_id,
        "application_ids": {"application_id": lamp.where.partition("@")[0]},
        "dev_eui": lamp.address.upper(),
        "dev_addr": lamp.address[-8:].upper(),
    }
    document = {"end_device_ids": identifiers, "received_at": at.isoformat(), **body}
    return Message(f"v3/{lamp.where}/devices/{device_id}/{kind}", msgspec.json.encode(document))

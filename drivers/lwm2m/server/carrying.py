"""Carries an order to a device: the frame of a port becomes a CoAP request, its answer a frame."""

from datetime import datetime
from typing import Any

from aiocoap.numbers.codes import Code

from drivers.contract import PortFrame
from drivers.errors import EncodeError
from drivers.lwm2m import content
from drivers.lwm2m.content import Format
from drivers.lwm2m.packet import Kind, Packet, pack, unpack
from drivers.lwm2m.paths import Path
from drivers.lwm2m.registrations import Registration
from drivers.lwm2m.resources import OVERRIDE_END, OVERRIDE_START
from drivers.lwm2m.senml import Scalar
from drivers.lwm2m.server.exchange import Exchange

_WINDOW_BYTES = 4


async def carry(
    exchange: Exchange, remote: Any, to: Registration, order: PortFrame, now: datetime
) -> PortFrame | None:
    """What the device said to an order: the values it was asked for, the order it took; None where
    that says nothing of the light.

    Raises `LinkError` when it did not answer, or refused.
    """
    packet = unpack(*order)
    match packet.kind:
        case Kind.READ:
            return await read(exchange, remote, to, packet.path)
        case Kind.EXECUTE:
            form = Format.TEXT if packet.body else None
            await exchange.ask(remote, Code.POST, packet.path, packet.body, form)
            return None
        case Kind.WRITE if packet.path.depth == 3:  # one resource, in the format it was given in
            await exchange.ask(remote, Code.PUT, packet.path, packet.body, packet.form)
            return None
        case Kind.WRITE | Kind.WRITE_WINDOW:
            form = to.write_format
            body = content.write(form, packet.path, _written(packet, now))
            # POST on an instance replaces what is named; PUT would reset the rest.
            await exchange.ask(remote, Code.POST, packet.path, body, form)
            return order
        case other:
            raise EncodeError(f"{other.name} is no order")


def _written(packet: Packet, now: datetime) -> list[tuple[Path, Scalar]]:
    """What to write; a window in time becomes its start and end."""
    body, window = packet.body, 0
    if packet.kind is Kind.WRITE_WINDOW:
        window, body = int.from_bytes(body[:_WINDOW_BYTES], "big"), body[_WINDOW_BYTES:]
    values = [(one.path, one.value) for one in content.read(packet.form, packet.path, body)]
    if window:
        start_s = int(now.timestamp())
        values.append((packet.path.child(OVERRIDE_START), start_s))
        values.append((packet.path.child(OVERRIDE_END), start_s + window))
    return values


async def read(exchange: Exchange, remote: Any, of: Registration, path: Path) -> PortFrame:
    """The values of a path, whole however many blocks they take; raises `LinkError`."""
    answer = await exchange.ask(remote, Code.GET, path, accept=accepted(of))
    return answered(path, answer)


def answered(path: Path, message: Any) -> PortFrame:
    """An answer or notification as a frame."""
    form = message.opt.content_format
    number = int(Format.TEXT if form is None else form)
    return pack(Kind.VALUE, path, number, message.payload)


def accepted(of: Registration) -> int | None:
    """The format to ask for: the most compact the device names; what it likes when it names
    none."""
    return next((int(one) for one in (Format.SENML_CBOR, Format.TLV) if one in of.formats), None)

"""What the frames of a batch say, pure: envelope, controller, codec, or quarantine with a reason.

A frame that cannot be read never keeps the others from being read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from drivers.contract import (
    Acknowledgement,
    Decoded,
    DecodeError,
    Frame,
    LevelEcho,
    Listens,
    Measurement,
    NegativeAcknowledgement,
    Quantity,
    SettingEcho,
)
from drivers.lorawan.packages.codec import PACKAGES
from kit.log import get_logger
from lighting.ingest.model import (
    Device,
    DeviceReport,
    DownlinkReport,
    FindsDevices,
    Harvest,
    KnowsDevices,
    LevelHeard,
    Network,
    NetworkNote,
    PackageHeard,
    RefusalHeard,
    Stranger,
    Uplink,
)
from lighting.registry.directory.model import ControllerRef
from lighting.solar.compute import charges_of
from lighting.telemetry.model import (
    EventNote,
    QuarantineReason,
    Reading,
    RefusedFrame,
    Sighting,
)
from lighting.telemetry.rules import is_kept

log = get_logger()

# Where each quantity of the drivers' vocabulary goes in a reading; others are not stored.
_PLACE: Mapping[Quantity, int] = {
    quantity: Reading._fields.index(name)
    for quantity in Quantity
    for name in ("flags" if quantity is Quantity.STATUS_FLAGS else quantity.value,)
    if name in Reading._fields
}
_NOTHING = (None,) * (len(Reading._fields) - 2)

REASON_CHARACTERS_MAX = 500

# Orders a device repeats or refuses that are not levels, as they are kept among its events.
SETTING_ECHO = "setting_echo"
# How a stranger's frame is called beside the notes of networks.
UPLINK = "uplink"
# LoRaWAN: port 0 carries the network's own commands, and an uplink may carry nothing at all.
NETWORK_PORT = 0


class KnowsControllers(Protocol):
    """Finds the controller behind a network address."""

    def find(self, address: str) -> ControllerRef | None: ...


class RefusedError(Exception):
    """A frame that cannot be taken in, with the code of its reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def harvest(
    frames: Sequence[Frame],
    network: Network,
    controllers: KnowsControllers,
    codec_of: Callable[[str], Listens],
    now: datetime,
    keepers: Sequence[KnowsDevices] = (),
) -> Harvest:
    """Read every frame of a batch; what cannot be read is among `refused`."""
    gathered = Harvest()
    everyone: Sequence[FindsDevices] = (controllers, *keepers)
    for frame in frames:
        said: Uplink | NetworkNote | DownlinkReport | None = None
        try:
            said = network.read(frame)
            if isinstance(said, Uplink):
                ref = controllers.find(said.address)
                if ref is not None:
                    _take_uplink(said, ref, codec_of, now, gathered)
                else:
                    _take_device(said, keepers, codec_of, now, gathered)
            elif isinstance(said, DownlinkReport):
                gathered.heard.downlinks.append(said)
            elif said is not None and not _take_note(said, controllers, keepers, gathered):
                gathered.strangers.append(_stranger(network.name_of(frame), said))
        except (RefusedError, DecodeError) as error:
            refused = _refused(frame, network, said, everyone, error.code, str(error))
            gathered.refused.append(refused)
            if refused.reason_code == QuarantineReason.UNKNOWN_CONTROLLER:
                assert isinstance(said, Uplink)  # nothing else is refused for this reason
                gathered.strangers.append(_stranger(refused.network, said))
        except Exception as error:  # a mistake in a codec: its frame waits for the fix
            log.exception("codec crashed", topic=frame.topic)
            reason = f"{type(error).__name__}: {error}"
            code = QuarantineReason.CODEC_CRASHED
            gathered.refused.append(_refused(frame, network, said, everyone, code, reason))
    return gathered


def _take_uplink(
    uplink: Uplink,
    ref: ControllerRef,
    codec_of: Callable[[str], Listens],
    now: datetime,
    gathered: Harvest,
) -> None:
    key = ref.controller_key
    if uplink.port != NETWORK_PORT and uplink.payload:
        decoded = codec_of(ref.profile).decode_uplink(uplink.port, uplink.payload, uplink.at)
        _take_decoded(key, decoded, uplink.at, now, gathered)
        if ref.battery_capacity_wh is not None:
            gathered.charges.extend(charges_of(key, decoded.readings))
        if uplink.port in PACKAGES and _is_for_package(decoded):
            said = PackageHeard(key, uplink.port, uplink.payload, uplink.at)
            gathered.heard.packages.append(said)
    elif not is_kept(uplink.at, now):
        raise _out_of_range(uplink.at)
    gathered.sightings.append(
        Sighting(key, uplink.at, uplink.rssi_dbm, uplink.snr_db, uplink.gateway_address)
    )


def _is_for_package(decoded: Decoded) -> bool:
    """Whether the frame was read as a package's; a device may use the port for itself."""
    kinds = {kind for _, kind in PACKAGES.values()}
    return any(event.kind in kinds for event in decoded.events)


def _take_device(
    uplink: Uplink,
    keepers: Sequence[KnowsDevices],
    codec_of: Callable[[str], Listens],
    now: datetime,
    gathered: Harvest,
) -> None:
    """Take in what a device says that steers no light, for whoever keeps it."""
    place, device = _kept(uplink.address, keepers)
    decoded = None
    if uplink.port != NETWORK_PORT and uplink.payload:
        decoded = codec_of(device.profile).decode_uplink(uplink.port, uplink.payload, uplink.at)
    measured = decoded.readings if decoded else ()
    for at in (uplink.at, *(one.measured_at for one in measured)):
        if not is_kept(at, now):
            raise _out_of_range(at)
    gathered.reports.setdefault(place, []).append(DeviceReport(device, uplink, decoded))
    refusal = keepers[place].refusal(device, decoded) if decoded else None
    if refusal is not None:
        raise RefusedError(*refusal)


def _kept(address: str, keepers: Sequence[KnowsDevices]) -> tuple[int, Device]:
    for place, keeper in enumerate(keepers):
        device = keeper.find(address)
        if device is not None:
            return place, device
    raise RefusedError(
        QuarantineReason.UNKNOWN_CONTROLLER,
        f"{address} is not registered, or installed nowhere",
    )


def _take_decoded(
    key: int, decoded: Decoded, received_at: datetime, now: datetime, gathered: Harvest
) -> None:
    readings = readings_of(key, decoded.readings)
    for at in (received_at, *(reading.at for reading in readings)):
        if not is_kept(at, now):
            raise _out_of_range(at)
    for reading in readings:
        gathered.readings.append(reading)
        if reading.level_percent is not None:
            gathered.heard.reported.append(LevelHeard(key, reading.level_percent, reading.at))
    if decoded.events:
        gathered.events.extend(
            EventNote(key, event.at, str(event.kind), event.detail) for event in decoded.events
        )
    for answer in decoded.acknowledgements:
        _take_answer(key, answer, gathered)


def readings_of(key: int, measurements: Iterable[Measurement]) -> list[Reading]:
    """Measurements of one frame as readings of the light, one for each instant."""
    rows: dict[datetime, list[Any]] = {}
    for measurement in measurements:
        place = _PLACE.get(measurement.quantity)
        if place is None or measurement.channel:
            continue
        row = rows.get(measurement.measured_at)
        if row is None:
            at = measurement.measured_at
            row = rows[at] = [key, at, *_NOTHING]
        row[place] = measurement.value
    return [Reading._make(row) for row in rows.values()]


def _take_answer(key: int, answer: Acknowledgement, gathered: Harvest) -> None:
    match answer:
        case LevelEcho():
            gathered.heard.echoes.append(LevelHeard(key, answer.level_percent, answer.at))
        case NegativeAcknowledgement():
            gathered.heard.refusals.append(RefusalHeard(key, answer.reason, answer.at))
        case SettingEcho():
            detail = {"setting": answer.setting, **answer.detail}
            gathered.events.append(EventNote(key, answer.at, SETTING_ECHO, detail))


def _take_note(
    note: NetworkNote,
    controllers: KnowsControllers,
    keepers: Sequence[KnowsDevices],
    gathered: Harvest,
) -> bool:
    """Keep what the network says of a controller; False when it is of no device we know."""
    ref = controllers.find(note.address)
    if ref is None:
        return any(keeper.find(note.address) is not None for keeper in keepers)
    gathered.events.append(EventNote(ref.controller_key, note.at, note.kind, note.detail))
    return True


def _stranger(network: str, said: Uplink | NetworkNote) -> Stranger:
    if isinstance(said, NetworkNote):
        return Stranger(network, said.address, said.at, said.kind, detail=said.detail)
    return Stranger(
        network,
        said.address,
        said.at,
        UPLINK,
        said.port,
        said.payload,
        said.rssi_dbm,
        said.snr_db,
        said.gateway_address,
    )


def _out_of_range(at: datetime) -> RefusedError:
    return RefusedError(
        QuarantineReason.INSTANT_OUT_OF_RANGE, f"{at.isoformat()} is too old or in the future"
    )


def _refused(
    frame: Frame,
    network: Network,
    said: Uplink | NetworkNote | DownlinkReport | None,
    everyone: Sequence[FindsDevices],
    code: str,
    reason: str,
) -> RefusedFrame:
    address = said.address if isinstance(said, Uplink | NetworkNote) else None
    known = (one.find(address) for one in everyone) if address else ()
    ref = next((one for one in known if one is not None), None)
    return RefusedFrame(
        network=network.name_of(frame),
        topic=storable(frame.topic),
        payload=frame.payload,
        received_at=frame.received_at,
        reason_code=str(code),
        reason=storable(reason)[:REASON_CHARACTERS_MAX],
        address=storable(address) if address else None,
        organisation_id=ref.organisation_id if ref else None,
    )


def storable(text: str) -> str:
    """The text with what PostgreSQL does not take (NUL, half surrogates) replaced."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()

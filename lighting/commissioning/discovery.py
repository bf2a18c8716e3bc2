"""Devices that the registry has in no light point: noted as they are heard or found, and told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access.model import Caller
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.log import get_logger
from lighting.commissioning import guessing, repository
from lighting.commissioning.model import (
    DEVICES_PER_NETWORK_MAX,
    Device,
    DeviceState,
    GatewayHeard,
)
from lighting.commissioning.rules import check_device_move
from lighting.commissioning.tables import DiscoveredDevice
from lighting.ingest.compute import UPLINK, storable
from lighting.ingest.model import Stranger
from lighting.networks import service as networks
from lighting.registry.equipment.service import require_field_hand
from lighting.registry.model import Place

# A device is looked at with every codec this many times: what it says first tells enough.
GUESSES_PER_DEVICE_MAX = 12
# Devices looked at in one batch of frames: a town that is switched on must not hold up the lights.
GUESSES_PER_BATCH_MAX = 20
ADDRESS_CHARACTERS_MAX = 64
# What a scan calls a device it found, beside the kinds of notes and `uplink`.
SCAN = "scan"
SERIAL_NAMES = ("serial", "serial_number")

log = get_logger()


class Discoveries:
    """Watches the strangers that ingest hears."""

    async def note(self, session: AsyncSession, strangers: Sequence[Stranger]) -> None:
        """Keep what one batch says of them."""
        await note(session, strangers)


async def note(session: AsyncSession, strangers: Sequence[Stranger]) -> None:
    """Add what was heard of strangers (frames, joins, registrations, results of a scan) to what is
    known of them, and guess their models from their first frames."""
    by_name = _by_name(strangers)
    kept = await _within_limits(session, by_name)
    if not kept:
        return
    owners = await networks.owners(session)
    rows = [_row(by_name[name], owners.get(name[0])) for name in sorted(kept)]
    looked_at = 0
    for found in await repository.note_heard(session, rows):
        if found.guess_count >= GUESSES_PER_DEVICE_MAX or looked_at >= GUESSES_PER_BATCH_MAX:
            continue
        said = [one for one in by_name[found.network, found.address] if one.payload]
        if said:
            looked_at += 1
            await _guess(session, found, said)


def _by_name(strangers: Sequence[Stranger]) -> Mapping[tuple[str, str], list[Stranger]]:
    by_name: dict[tuple[str, str], list[Stranger]] = defaultdict(list)
    for one in strangers:
        address = storable(one.address).strip().lower()
        if 0 < len(address) <= ADDRESS_CHARACTERS_MAX:
            by_name[storable(one.network), address].append(one)
    return by_name


async def _within_limits(
    session: AsyncSession, by_name: Mapping[tuple[str, str], Sequence[Stranger]]
) -> set[tuple[str, str]]:
    """Those known before, and new ones while their network has room."""
    kept: set[tuple[str, str]] = set()
    for network in sorted({network for network, _ in by_name}):
        addresses = {address for name, address in by_name if name == network}
        known = await repository.known_addresses(session, network, addresses)
        new = sorted(addresses - known)
        if new:
            count = await repository.count_of(session, network, DEVICES_PER_NETWORK_MAX)
            room = DEVICES_PER_NETWORK_MAX - count
            if len(new) > room:
                log.warning("discoveries full", network=network, lost=len(new) - room)
            new = new[:room]
        kept.update((network, address) for address in (*known, *new))
    return kept


def _row(said: Sequence[Stranger], organisation_id: UUID | None) -> dict[str, Any]:
    ordered = sorted(said, key=lambda one: one.at)
    last = ordered[-1]
    heard = next((one for one in reversed(ordered) if one.gateway_address), last)
    place = next(filter(None, (guessing.place_in(one.detail) for one in reversed(ordered))), None)
    return {
        "id": new_id(),
        "organisation_id": organisation_id,
        "network": storable(last.network),
        "address": storable(last.address).strip().lower(),
        "state": DeviceState.NEW.value,
        "first_seen_at": ordered[0].at,
        "last_seen_at": last.at,
        "heard_count": sum(one.kind == UPLINK for one in ordered),
        "rssi_dbm": heard.rssi_dbm,
        "snr_db": heard.snr_db,
        "gateways": {
            one.gateway_address: {
                "rssi_dbm": one.rssi_dbm,
                "snr_db": one.snr_db,
                "last_seen_at": one.at.isoformat(),
            }
            for one in ordered
            if one.gateway_address
        },
        "evidence": {one.kind: _evidence(one) for one in ordered},
        "guess_count": 0,
        "serial": next(filter(None, map(_serial, reversed(ordered))), None),
        "lon_deg": place.lon_deg if place else None,
        "lat_deg": place.lat_deg if place else None,
        "ignored_reason": "",
    }


def _evidence(said: Stranger) -> dict[str, Any]:
    if said.kind == UPLINK:
        return {"at": said.at.isoformat(), "port": said.port, "hex": said.payload.hex()}
    plain = {name: storable(str(value)) for name, value in said.detail.items()}
    return {"at": said.at.isoformat(), **plain}


def _serial(said: Stranger) -> str | None:
    found = next((said.detail[name] for name in SERIAL_NAMES if said.detail.get(name)), None)
    return None if found is None else storable(str(found))[:ADDRESS_CHARACTERS_MAX]


async def _guess(session: AsyncSession, found: Any, said: Sequence[Stranger]) -> None:
    profile = guessing.best(guessing.guesses(said)) or found.profile_guess
    places = (guessing.place_said(profile, one) for one in said) if profile else ()
    place = next(filter(None, places), None)
    await repository.save_guess(
        session,
        found.id,
        profile,
        place.lon_deg if place else None,
        place.lat_deg if place else None,
    )


async def devices(
    session: AsyncSession,
    caller: Caller,
    *,
    state: DeviceState | None = None,
    network: str | None = None,
    q: str | None = None,
    organisation_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[Device]:
    """Discovered devices the caller may see, last heard first; `q` is a part of the address or of
    the serial."""
    rows = await repository.devices(
        *(session, caller),
        state=state,
        network=network,
        q=q,
        organisation_id=organisation_id,
        after=after,
        limit=limit,
    )
    return [view_of(row) for row in rows]


async def device(session: AsyncSession, caller: Caller, device_id: UUID) -> Device:
    """One discovered device; unknown when the caller may not see it."""
    return view_of(await held(session, caller, device_id, is_held=False))


async def device_called(
    session: AsyncSession, caller: Caller, address: str, serial: str | None
) -> Device | None:
    """The device a label names, None when none was heard, or two are called so."""
    found = await repository.device_called(session, caller, address=address, serial=serial)
    return None if found is None else view_of(found)


async def ignore(
    session: AsyncSession, caller: Caller, device_id: UUID, *, reason: str, at: datetime
) -> Device:
    """Put a device aside: a neighbour's, or not a light's."""
    return await _decide(session, caller, device_id, DeviceState.IGNORED, reason, at)


async def restore(
    session: AsyncSession, caller: Caller, device_id: UUID, *, at: datetime
) -> Device:
    """Take a device that was put aside back among the new ones."""
    return await _decide(session, caller, device_id, DeviceState.NEW, "", at)


async def _decide(
    session: AsyncSession,
    caller: Caller,
    device_id: UUID,
    state: DeviceState,
    reason: str,
    at: datetime,
) -> Device:
    row = await held(session, caller, device_id)
    if row.organisation_id is not None:
        require_field_hand(caller, row.organisation_id)
    check_device_move(DeviceState(row.state), state)
    row.state, row.ignored_reason = state.value, reason
    await audit.record(
        session,
        caller,
        at=at,
        action=f"discovered_device.{state.value}",
        subject_type="discovered_device",
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail={"address": row.address, "reason": reason},
    )
    return view_of(row)


async def held(
    session: AsyncSession, caller: Caller, device_id: UUID, *, is_held: bool = True
) -> DiscoveredDevice:
    """The row of a device, locked until the transaction ends unless it is only looked at."""
    found = await repository.device(session, caller, device_id, is_held=is_held)
    if found is None:
        raise NotFoundError("no such device; see GET /api/v1/discovered-devices")
    return found


def view_of(row: DiscoveredDevice) -> Device:
    """The row as others see it."""
    heard = [
        GatewayHeard(
            address, each["rssi_dbm"], each["snr_db"], datetime.fromisoformat(each["last_seen_at"])
        )
        for address, each in row.gateways.items()
    ]
    is_placed = row.lon_deg is not None and row.lat_deg is not None
    return Device(
        id=row.id,
        organisation_id=row.organisation_id,
        network=row.network,
        address=row.address,
        state=DeviceState(row.state),
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        heard_count=row.heard_count,
        rssi_dbm=row.rssi_dbm,
        snr_db=row.snr_db,
        gateways=sorted(heard, key=lambda one: one.last_seen_at, reverse=True),
        profile_guess=row.profile_guess,
        serial=row.serial,
        place=Place(row.lon_deg, row.lat_deg) if is_placed else None,  # type: ignore[arg-type]
        evidence=row.evidence,
        ignored_reason=row.ignored_reason,
    )

"""Hands out radio's own frames, within the duty cycle: to groups, and to devices beside levels.

As with orders, a frame is marked as sent and that is committed before it leaves: a death in between
costs the frame, never a second one. The lights of a group are proven one by one, so a lost frame
is made good by single orders.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import PortFrame
from drivers.lorawan import eu868
from lighting.control.model import Order
from lighting.radio import memberships, repository
from lighting.radio.compute import cost, emission, single_emission
from lighting.radio.model import ELAPSED_MAX, Channel, Emission, FrameState, GroupFrame
from lighting.radio.networks import settings_by_network, window_of
from lighting.registry.directory import service as directory
from lighting.telemetry import service as telemetry

FRAMES_MAX = 500
TOO_OLD = "its time was over before the air had room"
NOT_INSTALLED = "the controller is installed nowhere"


@dataclass(frozen=True, slots=True)
class FramesLeaving:
    """Frames to send once the transaction is committed."""

    to_groups: Sequence[GroupFrame]
    to_devices: Sequence[Order]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A frame with the transmitters it needs, and what it is sent as."""

    id: UUID
    gateways: tuple[str, ...]
    emission: Emission
    leaves_as: GroupFrame | Order


async def hand_out(
    session: AsyncSession,
    now: datetime,
    elapsed: timedelta = timedelta(),
    reaches: Callable[[str], bool] = lambda _: True,
) -> FramesLeaving:
    """The frames that leave now, marked as sent; `elapsed` since the last time. Those of networks
    that are not reached from here are left to another worker."""
    rows = await repository.due_frames(session, now, FRAMES_MAX)
    old = [row["id"] for row in rows if row["expires_at"] <= now]
    if old:
        await repository.mark_frames(session, old, FrameState.FAILED.value, now, TOO_OLD)
    fresh = [row for row in rows if row["expires_at"] > now]
    ready = [
        *await _to_groups(session, [row for row in fresh if row["group_id"] is not None], reaches),
        *await _to_devices(
            session, [row for row in fresh if row["group_id"] is None], now, reaches
        ),
    ]
    return await _leave(session, ready, now, elapsed) if ready else FramesLeaving([], [])


async def _to_groups(
    session: AsyncSession, rows: Sequence[Any], reaches: Callable[[str], bool]
) -> list[_Ready]:
    heard_by = await memberships.member_gateways(session, [row["group_id"] for row in rows])
    return [
        _Ready(
            id=row["id"],
            gateways=tuple(row["gateways"]) or heard_by.get(row["group_id"], ()),
            emission=emission(
                eu868.modulation(row["data_rate"]), row["frequency_hz"], len(row["payload"])
            ),
            leaves_as=GroupFrame(
                frame_id=row["id"],
                network=row["network"],
                group_remote_id=row["remote_id"],
                port=row["port"],
                payload=row["payload"],
                expires_at=row["expires_at"],
            ),
        )
        for row in rows
        if reaches(row["network"])
    ]


async def _to_devices(
    session: AsyncSession, rows: Sequence[Any], now: datetime, reaches: Callable[[str], bool]
) -> list[_Ready]:
    keys = [row["controller_key"] for row in rows]
    refs = {ref.controller_key: ref for ref in await directory.refs_of(session, keys)}
    seen = await telemetry.latest(session, keys)
    settings = await settings_by_network(session, {ref.network for ref in refs.values()})
    gone = [row["id"] for row in rows if row["controller_key"] not in refs]
    if gone:
        await repository.mark_frames(session, gone, FrameState.FAILED.value, now, NOT_INSTALLED)
    ready = []
    for row in rows:
        ref, state = refs.get(row["controller_key"]), seen.get(row["controller_key"])
        if ref is None or not reaches(ref.network):
            continue
        gateway = (state.gateway_address if state else None) or ref.network
        snr_db = state.snr_db if state else None
        of = single_emission(
            window_of(ref.profile), settings[ref.network], snr_db, len(row["payload"])
        )
        order = Order(
            delivery_id=row["id"],
            controller_key=ref.controller_key,
            address=ref.address,
            network=ref.network,
            profile=ref.profile,
            gateway=gateway,
            level_percent=0,
            attempts=0,
            expires_at=row["expires_at"],
            frame=PortFrame(row["port"], row["payload"]),
        )
        ready.append(_Ready(row["id"], (gateway,), of, order))
    return ready


async def _leave(
    session: AsyncSession, ready: Sequence[_Ready], now: datetime, elapsed: timedelta
) -> FramesLeaving:
    """Those whose transmitters are all free; the others wait for the last of theirs."""
    earliest = now - min(elapsed, ELAPSED_MAX)
    gateways = sorted({gateway for one in ready for gateway in one.gateways})
    free_at = dict(await repository.lock_channels(session, gateways))
    moved: dict[Channel, datetime] = {}
    leaving: list[_Ready] = []
    later: dict[UUID, datetime] = {}
    for one in ready:
        channels = [one.emission.channel(gateway) for gateway in one.gateways]
        turn = max((free_at.get(channel, now) for channel in channels), default=now)
        if turn > now:
            later[one.id] = turn
            continue
        leaving.append(one)
        for channel in channels:
            free_at[channel] = moved[channel] = max(turn, earliest) + cost(one.emission)
    sent = [(gateway, one.emission) for one in leaving for gateway in one.gateways]
    await repository.put_channels(session, moved)
    await repository.book_airtime(session, sent, now)
    await repository.mark_frames(session, [one.id for one in leaving], FrameState.SENT.value, now)
    await repository.postpone_frames(session, list(later), list(later.values()))
    going = [one.leaves_as for one in leaving]
    return FramesLeaving(
        [one for one in going if isinstance(one, GroupFrame)],
        [one for one in going if isinstance(one, Order)],
    )


async def note_failed(session: AsyncSession, frame_id: UUID, reason: str, now: datetime) -> None:
    """The network did not take a frame: its lights are sent single orders instead."""
    await repository.mark_frames(session, [frame_id], FrameState.FAILED.value, now, reason)

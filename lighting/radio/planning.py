"""Gathers what a plan needs: the lights, how each listens, the groups, the state of the air."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from drivers.lorawan import eu868
from kit.access.model import Caller
from kit.errors import InvalidInputError
from lighting.control import service as control
from lighting.control.model import Target
from lighting.radio import memberships, repository
from lighting.radio.compute import make_plan
from lighting.radio.model import (
    CAMPAIGN_LIGHTS_MAX,
    GROUPS_MAX,
    Plan,
    RadioGroup,
    RadioLight,
    UnreachedLight,
)
from lighting.radio.networks import settings_by_network, window_of
from lighting.radio.pacing import SingleEmissions, is_radio, payload_bytes
from lighting.registry.directory import service as directory
from lighting.registry.directory.model import ControllerRef, TargetLight
from lighting.telemetry import service as telemetry

NEVER_HEARD = "never heard: no gateway is known that reaches it"
NOT_RADIO = "not on LoRaWAN: its order takes another network"


async def plan(
    session: AsyncSession, caller: Caller, target: Target, level_percent: int, now: datetime
) -> Plan:
    """How a level would reach the lights of a target; changes nothing."""
    named = await control.target_lights(session, caller, target)
    if len(named) > CAMPAIGN_LIGHTS_MAX:
        raise InvalidInputError(f"at most {CAMPAIGN_LIGHTS_MAX} lights in one campaign")
    lights, unreached = await _lights(session, named, level_percent)
    groups = await _groups(session, [light.controller_key for light in lights], level_percent)
    gateways = {light.gateway for light in lights} | {
        gateway for group in groups for gateway in group.gateways
    }
    free_at = await repository.channels(session, sorted(gateways))
    return make_plan(lights, groups, unreached, free_at, now)


async def _lights(
    session: AsyncSession, named: Sequence[TargetLight], level_percent: int
) -> tuple[list[RadioLight], list[UnreachedLight]]:
    """The lights with a controller: those radio reaches, and the others with the reason."""
    keys = [light.controller_key for light in named if light.controller_key is not None]
    refs = await directory.refs_of(session, keys)
    seen = await telemetry.latest(session, keys)
    settings = await settings_by_network(session, {ref.network for ref in refs})
    emissions = SingleEmissions(settings)
    lights: list[RadioLight] = []
    unreached: list[UnreachedLight] = []
    for ref in refs:
        state = seen.get(ref.controller_key)
        if not is_radio(ref.profile):
            unreached.append(_unreached(ref, NOT_RADIO))
        elif state is None or state.gateway_address is None:
            unreached.append(_unreached(ref, NEVER_HEARD))
        else:
            lights.append(
                RadioLight(
                    light_point_id=ref.light_point_id,
                    controller_key=ref.controller_key,
                    network=ref.network,
                    gateway=state.gateway_address,
                    window=window_of(ref.profile),
                    emission=emissions.of(ref.network, ref.profile, level_percent, state.snr_db),
                    period=timedelta(seconds=ref.expected_period_s),
                )
            )
    return lights, unreached


def _unreached(ref: ControllerRef, reason: str) -> UnreachedLight:
    return UnreachedLight(ref.light_point_id, ref.controller_key, reason)


async def _groups(
    session: AsyncSession, controller_keys: Sequence[int], level_percent: int
) -> list[RadioGroup]:
    """Groups whose members all hold the keys."""
    return [
        RadioGroup(
            id=row["id"],
            name=row["name"],
            network=row["network"],
            profile=row["profile"],
            gateways=tuple(row["gateways"]),
            payload_bytes=payload_bytes(row["profile"], level_percent),
            modulation=eu868.modulation(row["data_rate"]),
            frequency_hz=row["frequency_hz"],
            members=frozenset(row["members"]),
        )
        for row in await memberships.ready_groups_of(session, controller_keys, GROUPS_MAX)
        if row["is_ready"]
    ]

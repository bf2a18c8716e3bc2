from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller, Role
from kit.db import raw
from kit.errors import ForbiddenError, NotFoundError
from lighting.networks import service
from lighting.networks.kinds import NetworkSettingsError
from lighting.networks.model import LineReport, LineState, NetworkKind, NetworkState, NewNetwork
from lighting.networks.service import NetworkNameTakenError
from tests.lighting.registry.towns import caller, make_town

AT = datetime(2026, 11, 20, 17, tzinfo=UTC)
SYSTEM = Caller.system("test")


async def bus(session: AsyncSession) -> NewNetwork:
    town = await make_town(session, "Dijon")
    return NewNetwork(town, NetworkKind.MODBUS, "gare", "DALI de la gare", {"host": "10.0.0.5"})


async def test_a_network_is_entered_found_and_paused(session: AsyncSession) -> None:
    new = await bus(session)
    entered = await service.create(session, SYSTEM, new, at=AT)
    assert (entered.name, entered.where) == ("modbus:gare", "gare")
    assert entered.settings["port"] == 502
    paused = await service.change(
        *(session, SYSTEM, entered.id),
        title=None,
        state=NetworkState.PAUSED,
        settings=None,
        at=AT,
    )
    assert paused.state is NetworkState.PAUSED
    assert [one.id for one in await service.networks(session, SYSTEM)] == [entered.id]
    assert await service.owners(session) == {"modbus:gare": new.organisation_id}


async def test_a_name_is_given_once(session: AsyncSession) -> None:
    new = await bus(session)
    await service.create(session, SYSTEM, new, at=AT)
    with pytest.raises(NetworkNameTakenError, match="modbus:gare"):
        await service.create(session, SYSTEM, new, at=AT)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "'host'"),
        ({"host": "a", "device": "/dev/ttyUSB0"}, "'host'"),
        ({"host": "a", "prot": 502}, "prot"),
        ({"host": "a", "port": 0}, "port"),
        ({"host": "a", "units": [{"unit": 300, "profile": "x"}]}, r"units\.0\.unit"),
    ],
)
async def test_settings_that_do_not_fit_say_which_field(
    session: AsyncSession, settings: dict[str, object], told: str
) -> None:
    new = replace(await bus(session), settings=settings)
    with pytest.raises(NetworkSettingsError, match=told):
        await service.create(session, SYSTEM, new, at=AT)


async def test_only_administrators_change_networks_and_strangers_see_none(
    session: AsyncSession,
) -> None:
    new = await bus(session)
    entered = await service.create(session, SYSTEM, new, at=AT)
    other_town = await make_town(session, "Beaune")
    stranger = caller(other_town, roles=(Role.ADMINISTER,))
    assert await service.networks(session, stranger) == []
    with pytest.raises(NotFoundError):
        await service.network(session, stranger, entered.id)
    with pytest.raises(ForbiddenError):
        await service.create(
            session, caller(new.organisation_id, roles=(Role.PLAN,)), replace(new, where="x"), at=AT
        )


async def test_what_workers_say_of_a_line_adds_up(session: AsyncSession) -> None:
    entered = await service.create(session, SYSTEM, await bus(session), at=AT)
    said = LineReport(entered.id, LineState.OPEN, AT, "", AT, frame_count=5, sent_count=2)
    await service.tell_line(session, said, AT)
    later = AT + timedelta(minutes=1)
    failing = replace(
        said, state=LineState.FAILING, detail="nobody answers", since=later, last_frame_at=None
    )
    await service.tell_line(session, failing, later)
    connection = await raw(session)
    line = await connection.fetchrow(
        "SELECT state, detail, last_frame_at, frame_count, sent_count FROM field_network_line"
    )
    assert tuple(line) == ("failing", "nobody answers", AT, 10, 4)

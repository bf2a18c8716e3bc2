"""Use cases of the directory: load it once, then follow its changes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.registry import repository as registry
from lighting.registry.directory import repository
from lighting.registry.directory.model import ControllerRef, DirectoryChanges, TargetLight


async def directory(session: AsyncSession) -> list[ControllerRef]:
    """Every installed controller, whoever it belongs to: for workers."""
    return await repository.refs(session)


async def refs_of(session: AsyncSession, controller_keys: Sequence[int]) -> list[ControllerRef]:
    """Some installed controllers, by their keys."""
    return await repository.refs_of(session, controller_keys)


async def revision(session: AsyncSession) -> int:
    """The revision of the registry: unchanged means that nothing changed. Costs one row.

    A worker reads it before `directory`, then asks `changes_since` with it.
    """
    return await registry.revision(session)


async def changes_since(session: AsyncSession, known: int) -> DirectoryChanges:
    """What changed after the revision `known`."""
    present = await registry.revision(session)
    if present == known:
        return DirectoryChanges(known, (), frozenset())
    return DirectoryChanges(
        revision=present,
        present=await repository.changed_refs(session, known),
        absent_keys=await repository.absent_keys(session, known),
    )


async def target_lights(
    session: AsyncSession,
    caller: Caller,
    *,
    light_point_ids: Sequence[UUID] | None = None,
    cabinet_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> list[TargetLight]:
    """The lights in service that the caller may see and that fit every condition given."""
    return await repository.targets(
        session,
        caller,
        light_point_ids=light_point_ids,
        cabinet_id=cabinet_id,
        organisation_id=organisation_id,
    )

"""The catalogue of parts and the places where they lie."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.stock import repository
from gmao.stock.model import Level, PartUnit, PartView, StoreKind, StoreView
from gmao.stock.tables import Part, Store
from kit.access import audit
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError, NotFoundError

STORES_MAX = 500


class NameTakenError(ConflictError):
    """A reference or store name is already used in the organisation."""

    code = "stock_name_taken"
    title = "This name is already used"


async def create_part(
    session: AsyncSession,
    caller: Caller,
    *,
    at: datetime,
    organisation_id: UUID,
    reference: str,
    designation: str,
    unit_cost_eur: Decimal,
    unit: PartUnit = PartUnit.PIECE,
    reorder_quantity: int = 0,
) -> PartView:
    """Add a line to the catalogue. Needs DISPATCH for its organisation."""
    caller.require(Role.DISPATCH, organisation_id)
    if await repository.part_referred(session, organisation_id, reference) is not None:
        raise NameTakenError(f"there is already a part {reference!r}; choose another reference")
    part = Part(
        organisation_id=organisation_id,
        reference=reference,
        designation=designation,
        unit=unit.value,
        unit_cost_eur=unit_cost_eur,
        reorder_quantity=reorder_quantity,
    )
    session.add(part)
    await session.flush()
    await _audit(session, caller, "part", part, at, "part.create", {"reference": reference})
    return _part_view(part, ())


async def create_store(
    session: AsyncSession,
    caller: Caller,
    *,
    at: datetime,
    organisation_id: UUID,
    name: str,
    kind: StoreKind,
    crew_id: UUID | None = None,
) -> StoreView:
    """Open a store room, or a van, which may be that of a crew. Needs DISPATCH."""
    caller.require(Role.DISPATCH, organisation_id)
    if crew_id is not None and kind is not StoreKind.VAN:
        raise InvalidInputError("only a van belongs to a crew; leave crew_id out for a store")
    if await repository.store_named(session, organisation_id, name) is not None:
        raise NameTakenError(f"there is already a store {name!r}; choose another name")
    if crew_id is not None and await repository.van_of(session, crew_id) is not None:
        raise NameTakenError("this crew already has a van")
    store = Store(organisation_id=organisation_id, name=name, kind=kind.value, crew_id=crew_id)
    session.add(store)
    await session.flush()
    await _audit(session, caller, "store", store, at, "store.create", {"name": name})
    return _store_view(store)


async def parts(
    session: AsyncSession,
    caller: Caller,
    *,
    text: str | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int,
) -> list[PartView]:
    """The catalogue by reference, each part with where it lies."""
    found = await repository.parts(session, caller, text=text, after=after, limit=limit)
    lying: dict[UUID, list[Level]] = defaultdict(list)
    for part_id, store_id, name, quantity in await repository.levels(
        session, caller, [part.id for part in found]
    ):
        lying[part_id].append(Level(store_id, name, quantity))
    return [_part_view(part, lying[part.id]) for part in found]


async def parts_by_id(session: AsyncSession, part_ids: Collection[UUID]) -> Mapping[UUID, PartView]:
    """Parts without their levels, for those who show what was used."""
    found = await repository.parts_by_id(session, part_ids) if part_ids else {}
    return {part_id: _part_view(part, ()) for part_id, part in found.items()}


async def stores(session: AsyncSession, caller: Caller) -> list[StoreView]:
    """The stores and vans a caller may see, by name."""
    return [_store_view(store) for store in await repository.stores(session, caller, STORES_MAX)]


async def part(session: AsyncSession, caller: Caller, part_id: UUID) -> Part:
    """One part, unknown to those who may not see it."""
    found = await repository.part(session, caller, part_id)
    if found is None:
        raise NotFoundError("no such part; see GET /api/v1/parts")
    return found


async def store(session: AsyncSession, caller: Caller, store_id: UUID) -> Store:
    """One store, unknown to those who may not see it."""
    found = await repository.store(session, caller, store_id)
    if found is None:
        raise NotFoundError("no such store; see GET /api/v1/stores")
    return found


def _part_view(part: Part, levels: Sequence[Level]) -> PartView:
    return PartView(
        part.id,
        part.organisation_id,
        part.reference,
        part.designation,
        PartUnit(part.unit),
        part.unit_cost_eur,
        part.reorder_quantity,
        tuple(levels),
    )


def _store_view(store: Store) -> StoreView:
    return StoreView(
        store.id, store.organisation_id, store.name, StoreKind(store.kind), store.crew_id
    )


async def _audit(
    session: AsyncSession,
    caller: Caller,
    subject_type: str,
    subject: Part | Store,
    at: datetime,
    action: str,
    detail: Mapping[str, object],
) -> None:
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type=subject_type,
        subject_id=subject.id,
        organisation_id=subject.organisation_id,
        detail=detail,
    )

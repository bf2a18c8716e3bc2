"""The controllers we know, in memory: loaded once, then brought up to date by what changed."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from lighting.faults import service as faults
from lighting.faults.lights import Lights, light_of
from lighting.faults.model import Thresholds
from lighting.registry.directory import service as registry
from lighting.registry.directory.model import ControllerRef


class Directory:
    """Who stands behind an address. Costs one row a batch while nothing changes."""

    def __init__(self) -> None:
        self._revision: int | None = None
        self._by_address: dict[str, ControllerRef] = {}
        self._by_key: dict[int, ControllerRef] = {}
        self._thresholds: Mapping[UUID, Thresholds] = {}
        self.lights = Lights()
        self.timezone_of: dict[int, str] = {}

    @property
    def by_key(self) -> Mapping[int, ControllerRef]:
        """Every installed controller, by its key."""
        return self._by_key

    async def refresh(self, session: AsyncSession) -> None:
        """Take over what changed in the registry since the last time."""
        if self._revision is None:
            revision = await registry.revision(session)
            self._thresholds = await faults.thresholds_by_type(session)
            self.put(await registry.directory(session))
            self._revision = revision
            return
        changes = await registry.changes_since(session, self._revision)
        if changes.revision != self._revision:
            self._thresholds = await faults.thresholds_by_type(session)
            self.drop(changes.absent_keys)
            self.put(changes.present)
            self._revision = changes.revision

    def find(self, address: str) -> ControllerRef | None:
        """The installed controller with this network address."""
        return self._by_address.get(address)

    def put(self, refs: Iterable[ControllerRef]) -> None:
        """Add controllers, or replace what was known of them."""
        for ref in refs:
            self.drop((ref.controller_key,))
            self._by_address[ref.address] = ref
            self._by_key[ref.controller_key] = ref
            self.timezone_of[ref.controller_key] = ref.timezone
            if ref.in_service:
                self.lights.put(light_of(ref, self._thresholds))

    def drop(self, controller_keys: Iterable[int]) -> None:
        """Forget controllers."""
        for key in controller_keys:
            known = self._by_key.pop(key, None)
            if known is not None:
                self._by_address.pop(known.address, None)
                self.timezone_of.pop(key, None)
                self.lights.drop(key)

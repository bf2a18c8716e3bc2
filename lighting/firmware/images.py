"""Images of firmware: registered in the database, their bytes in files named by their hash."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from drivers import profiles
from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from lighting.firmware import repository
from lighting.firmware.model import IMAGE_BYTES_MAX, Package
from lighting.firmware.tables import FirmwareImage


class ImageRegisteredError(ConflictError):
    """The organisation has this version of this model's firmware."""

    code = "firmware_image_registered"
    title = "This version is registered already"


class ImageDamagedError(OSError):
    """The file of an image is not what was registered."""


class ImageStore:
    """Files of images in one folder."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "firmware"

    def keep(self, content: bytes) -> str:
        """Write an image; returns its SHA-256. The same image again is written once."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._folder / sha256
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(content)
            unfinished.replace(path)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes of an image; `ImageDamagedError` when they are not those registered."""
        content = (self._folder / sha256).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ImageDamagedError(
                f"the file of image {sha256[:12]} was changed; register it again"
            )
        return content


async def register(
    session: AsyncSession,
    caller: Caller,
    store: ImageStore,
    *,
    organisation_id: UUID,
    profile: str,
    version: str,
    file_name: str,
    content: bytes,
    at: datetime,
) -> FirmwareImage:
    """Take in an image of a device model's firmware."""
    await access.organisation(session, caller, organisation_id)
    caller.require(Role.ADMINISTER, organisation_id)
    if not 0 < len(content) <= IMAGE_BYTES_MAX:
        raise InvalidInputError(f"an image has 1 to {IMAGE_BYTES_MAX} bytes")
    if profile not in profiles.names():
        raise InvalidInputError(f"there is no profile '{profile}'")
    row = FirmwareImage(
        organisation_id=organisation_id,
        profile=profile,
        version=version,
        sha256=store.keep(content),
        size_bytes=len(content),
        file_name=file_name,
        created_at=at,
        created_by=caller.display_name,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise ImageRegisteredError(f"{profile} {version} is there; give a new version") from error
    await audit.record(
        session,
        caller,
        at=at,
        action="firmware_image.register",
        subject_type="firmware_image",
        subject_id=row.id,
        organisation_id=organisation_id,
        detail={"profile": profile, "version": version, "sha256": row.sha256},
    )
    return row


async def images(session: AsyncSession, caller: Caller) -> Sequence[FirmwareImage]:
    """Images the caller may see, newest first."""
    return await repository.images(session, caller)


async def image(session: AsyncSession, caller: Caller, image_id: UUID) -> FirmwareImage:
    """One image; unknown when the caller may not see it."""
    found = await repository.image(session, caller, image_id)
    if found is None:
        raise NotFoundError("no such image; see GET /api/v1/firmware-images")
    return found


def package_of(row: FirmwareImage, store: ImageStore) -> Package:
    """The image as updaters take it."""
    return Package(row.profile, row.version, row.sha256, store.read(row.sha256))

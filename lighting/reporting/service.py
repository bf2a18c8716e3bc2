"""Use cases of reporting: freeze a month, tell it again, show a month that is not frozen yet."""

import asyncio
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from kit.log import get_logger
from lighting.reporting import canonical, repository
from lighting.reporting.changes import changes
from lighting.reporting.compute import figures
from lighting.reporting.files.rendering import MadeFile, file_name, render
from lighting.reporting.gathering import DelaySource, gather
from lighting.reporting.model import (
    Change,
    Figures,
    Language,
    OrganisationFacts,
    ReportHeader,
    ReportInputs,
)
from lighting.reporting.repository import Month, StoredFile
from lighting.reporting.tables import Report, ReportFile
from schedules.night import day_bounds

ONE_DAY = timedelta(days=1)

log = get_logger()


class MonthNotOverError(ConflictError):
    """A month is frozen once it has ended."""

    code = "month_not_over"
    title = "This month is not over"


class MonthNotComputedError(ConflictError):
    """Counters of the month have come and wait to be computed."""

    code = "month_not_computed"
    title = "Energy of this month is being computed"


class MonthWithoutEnergyError(ConflictError):
    """There is nothing to report."""

    code = "month_without_energy"
    title = "There is no energy on file for this month"


def last_day(month: date) -> date:
    """The last day of the month that begins on `month`."""
    return month.replace(day=monthrange(month.year, month.month)[1])


async def make_month(
    session: AsyncSession,
    caller: Caller,
    organisation_id: UUID,
    month: date,
    *,
    at: datetime,
    delays: DelaySource | None = None,
) -> Report:
    """Freeze a month of an organisation and all below it; `month` is its first day.

    With the same facts as the latest version, that version is the answer and nothing is made;
    otherwise a new version is, with a trace of what changed. Raises `MonthNotOverError`,
    `MonthNotComputedError` or `MonthWithoutEnergyError`.
    """
    organisation = await _organisation(session, caller, organisation_id)
    caller.require(Role.REPORT, organisation_id)
    if at < day_bounds(last_day(month), organisation.timezone)[1]:
        raise MonthNotOverError("ask again when the month has ended")
    await repository.lock_month(session, organisation_id, month)
    content = canonical.encode(await _inputs(session, organisation, month, delays))
    previous = await repository.latest(session, organisation_id, month)
    fingerprint = canonical.sha256(content)
    if previous is not None and previous.inputs_sha256 == fingerprint:
        return previous
    return await _freeze(session, caller, organisation_id, month, content, previous, at)


async def _organisation(
    session: AsyncSession, caller: Caller, organisation_id: UUID
) -> OrganisationFacts:
    found = await access.organisation(session, caller, organisation_id)
    return OrganisationFacts(found.id, found.name, found.insee_code, found.timezone)


async def _inputs(
    session: AsyncSession, organisation: OrganisationFacts, month: date, delays: DelaySource | None
) -> ReportInputs:
    last = last_day(month)
    ids = await access.descendants(session, organisation.id)
    if await repository.is_pending(session, Month(ids, month, last)):
        raise MonthNotComputedError("counters of this month wait to be computed; try in a minute")
    inputs = await gather(session, organisation, month, last, delays)
    if not inputs.cabinet_days:
        raise MonthWithoutEnergyError("no light point of this organisation has energy on file")
    return inputs


async def _freeze(
    session: AsyncSession,
    caller: Caller,
    organisation_id: UUID,
    month: date,
    content: bytes,
    previous: Report | None,
    at: datetime,
) -> Report:
    found = figures(canonical.decode_inputs(content))
    changed = _changed(previous, found)
    header = ReportHeader(
        report_id=new_id(),
        version=1 if previous is None else previous.version + 1,
        frozen_at=at.replace(microsecond=0),
        frozen_by=caller.display_name,
        inputs_sha256=canonical.sha256(content),
        changes=changed,
    )
    files: list[MadeFile] = await asyncio.to_thread(render, content, header)
    report = Report(
        id=header.report_id,
        organisation_id=organisation_id,
        month=month,
        version=header.version,
        frozen_at=header.frozen_at,
        frozen_by=header.frozen_by,
        inputs=content,
        inputs_sha256=header.inputs_sha256,
        summary=summary(found),
        changes=[_as_json(one) for one in changed],
    )
    await repository.add(session, report, files)
    await audit.record(
        session,
        caller,
        at=at,
        action="report.freeze",
        subject_type="report",
        subject_id=report.id,
        organisation_id=organisation_id,
        detail={"month": month.isoformat(), "version": report.version},
    )
    log.info("report frozen", report_id=str(report.id), version=report.version)
    return report


def _changed(previous: Report | None, found: Figures) -> Sequence[Change]:
    if previous is None:
        return []
    return changes(figures(canonical.decode_inputs(previous.inputs)), found)


def remake(report: Report) -> list[MadeFile]:
    """The files of a frozen report made again from its stored inputs: the same bytes."""
    header = ReportHeader(
        report_id=report.id,
        version=report.version,
        frozen_at=report.frozen_at,
        frozen_by=report.frozen_by,
        inputs_sha256=report.inputs_sha256,
        changes=[_change(one) for one in report.changes],
    )
    return render(report.inputs, header)


def _as_json(change: Change) -> dict[str, Any]:
    return {"what": change.what, "before": _text(change.before), "after": _text(change.after)}


def _change(stored: dict[str, Any]) -> Change:
    before, after = (
        None if stored[key] is None else Decimal(stored[key]) for key in ("before", "after")
    )
    return Change(stored["what"], before, after)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def summary(found: Figures) -> dict[str, Any]:
    """The few figures a list of months shows; decimals as text."""
    whole = found.total
    return {
        "light_point_count": found.light_point_count,
        "energy_wh": whole.energy_wh,
        "measured_wh": whole.measured_wh,
        "bridged_wh": whole.bridged_wh,
        "estimated_wh": whole.estimated_wh,
        "covered_share": str(whole.covered_share.quantize(Decimal("0.0001"))),
        "cost_eur": _text(found.cost.including_vat_eur) if found.cost else None,
        "co2_kg": _text(found.co2.emitted_kg.quantize(Decimal("0.1"))) if found.co2 else None,
        "saved_kwh": _text(found.savings.saved_kwh.quantize(Decimal("0.1")))
        if found.savings
        else None,
        "saved_share": _text(found.savings.saved_share.quantize(Decimal("0.0001")))
        if found.savings
        else None,
        "availability": str(found.light.availability.quantize(Decimal("0.0001"))),
    }


async def month_so_far(
    session: AsyncSession, caller: Caller, organisation_id: UUID, month: date, *, at: datetime
) -> Figures:
    """The figures of a month as they are now, not frozen; of a running month, up to yesterday."""
    organisation = await _organisation(session, caller, organisation_id)
    last = last_day(month)
    while last >= month and at < day_bounds(last, organisation.timezone)[1]:
        last -= ONE_DAY
    if last < month:
        raise MonthWithoutEnergyError("this month has no whole day yet")
    return figures(await gather(session, organisation, month, last, with_light_points=False))


async def reports(session: AsyncSession, caller: Caller, **wanted: Any) -> Sequence[Report]:
    """Frozen versions the caller may see, newest first."""
    return await repository.reports(session, caller, **wanted)


async def report(session: AsyncSession, caller: Caller, report_id: UUID) -> Report:
    """One frozen version."""
    found = await repository.report(session, caller, report_id)
    if found is None:
        raise NotFoundError("no such report; see GET /api/v1/reports")
    return found


async def files(session: AsyncSession, report_ids: Sequence[UUID]) -> dict[UUID, list[StoredFile]]:
    """The files of reports, without their content."""
    return await repository.files(session, report_ids)


async def file(
    session: AsyncSession, caller: Caller, report_id: UUID, file_format: str, language: Language
) -> tuple[Report, ReportFile]:
    """One file of a report, as it was made when the report was frozen."""
    found = await report(session, caller, report_id)
    stored = await repository.file(session, found.id, file_name(file_format, language))
    if stored is None:
        raise NotFoundError("a report has the files pdf, xlsx, csv and json")
    return found, stored

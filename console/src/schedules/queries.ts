/** What the console asks of schedules. */
import { get, put } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type { Assignment, Calendar, ControlProgram, Night } from "../api/types";
import type { Place } from "../app/city.svelte";

const ALL = { limit: 200 };

export const calendars = (signal: AbortSignal) => get<Page<Calendar>>("/calendars", { query: ALL, signal });

export const calendar = (id: string, signal: AbortSignal) => get<Calendar>(`/calendars/${id}`, { signal });

export const programs = (signal: AbortSignal) =>
  get<Page<ControlProgram>>("/control-programs", { query: ALL, signal });

export const assignments = (signal: AbortSignal) =>
  get<Page<Assignment>>("/calendar-assignments", { signal });

export const nights = (
  id: string,
  from: string,
  to: string,
  place: Place,
  timezone: string,
  signal: AbortSignal,
) =>
  get<Page<Night>>(`/calendars/${id}/nights`, {
    query: { from, to, lon_deg: place.lonDeg, lat_deg: place.latDeg, timezone },
    signal,
  });

export const assign = (scope: Assignment["scope"], scopeId: string, calendarId: string) =>
  put<Assignment>("/calendar-assignments", {
    body: { scope, scope_id: scopeId, calendar_id: calendarId },
  });

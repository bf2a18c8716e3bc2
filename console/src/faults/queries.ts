/** What the console asks of faults. */
import { get, post } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type { Alarm } from "../api/types";

export interface AlarmFilters {
  status?: string;
  cause?: string;
  organisation_id?: string;
  cabinet_id?: string;
  light_point_id?: string;
}

export const alarms = (filters: AlarmFilters, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<Alarm>>("/alarms", { query: { ...filters, cursor, limit: 100 }, signal });

export const alarm = (id: string, signal?: AbortSignal) => get<Alarm>(`/alarms/${id}`, { signal });

export const acknowledge = (id: string) => post<Alarm>(`/alarms/${id}/acknowledge`);

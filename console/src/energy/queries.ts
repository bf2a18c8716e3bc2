/** What the console asks of energy. */
import { get } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type { EnergyDay, MonthSummary } from "../api/types";

export interface EnergyOf {
  organisation_id?: string | undefined;
  light_point_id?: string | undefined;
}

export const days = (of: EnergyOf, from: string, to: string, signal: AbortSignal) =>
  get<Page<EnergyDay>>("/energy/days", { query: { ...of, from, to }, signal });

export const summary = (organisationId: string, month: string, signal: AbortSignal) =>
  get<MonthSummary>("/energy/summary", { query: { organisation_id: organisationId, month }, signal });

/** What the console asks of sensors. */
import { get } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type { Sensor, SensorReadings } from "../api/types";
import { stepOf, type Span } from "./chart";

export const sensors = (
  organisationId: string | undefined,
  cursor: string | undefined,
  signal: AbortSignal,
) => get<Page<Sensor>>("/sensors", { query: { organisation_id: organisationId, cursor }, signal });

export const sensor = (id: string, signal: AbortSignal) => get<Sensor>(`/sensors/${id}`, { signal });

export const readings = (id: string, span: Span, from: Date, to: Date, signal: AbortSignal) =>
  get<SensorReadings>(`/sensors/${id}/readings`, {
    query: { from: from.toISOString(), to: to.toISOString(), step: stepOf(span) },
    signal,
  });

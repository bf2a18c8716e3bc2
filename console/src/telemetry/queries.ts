/** What the console asks of telemetry. */
import { get } from "../api/client";
import type { Series } from "../api/types";

export const series = (lightPointId: string, from: Date, to: Date, signal: AbortSignal) =>
  get<Series>(`/light-points/${lightPointId}/series`, {
    query: { from: from.toISOString(), to: to.toISOString() },
    signal,
  });

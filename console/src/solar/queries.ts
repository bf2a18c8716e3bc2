/** What the console asks of luminaires on sun and battery. */
import { get } from "../api/client";
import type { Charges, Solar } from "../api/types";

const WEEK_MS = 7 * 86_400_000;

export interface SolarNow {
  state: Solar;
  charges: Charges;
  from: Date;
  to: Date;
}

/** How a luminaire stands, and its last seven days. */
export async function solarNow(lightPointId: string, to: Date, signal: AbortSignal): Promise<SolarNow> {
  const from = new Date(to.getTime() - WEEK_MS);
  const [state, charges] = await Promise.all([
    get<Solar>(`/light-points/${lightPointId}/solar`, { signal }),
    get<Charges>(`/light-points/${lightPointId}/charges`, {
      query: { from: from.toISOString(), to: to.toISOString() },
      signal,
    }),
  ]);
  return { state, charges, from, to };
}

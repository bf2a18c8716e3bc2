/** How long a set of nights burns: clock hours, and hours as if at full level. */
import type { Night } from "../api/types";
import { nightNamed } from "./night";

export interface Burning {
  hours: number;
  fullHours: number;
}

export function burning(nights: readonly Night[], timeZone: string): Burning {
  const total = { hours: 0, fullHours: 0 };
  for (const night of nights) {
    const end = nightNamed(night.night, timeZone).to.getTime();
    night.steps.forEach((step, index) => {
      const next = night.steps[index + 1];
      const until = next ? Date.parse(next.starts_at) : end;
      const hours = Math.max(until - Date.parse(step.starts_at), 0) / 3_600_000;
      if (step.level_percent > 0) total.hours += hours;
      total.fullHours += (hours * step.level_percent) / 100;
    });
  }
  return total;
}

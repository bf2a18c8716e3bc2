/** How the newest value of a sensor is said. */
import type { Sensor } from "../api/types";
import type { Formats } from "../i18n/format";
import { t } from "../i18n/index.svelte";

const FINE_BELOW = 100;

export function valueOf(sensor: Sensor, f: Formats): string {
  const { latest } = sensor;
  if (latest === null) return "–";
  if (latest.value === null) return t("sensor.withheld");
  const digits = sensor.is_count || Math.abs(latest.value) >= FINE_BELOW ? 0 : 1;
  return `${f.number(latest.value, digits)}\u00a0${sensor.unit}`.trim();
}

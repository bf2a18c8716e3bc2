/** How an alarm names the thing it is about. */
import type { Alarm } from "../api/types";

export function placeName(alarm: Pick<Alarm, "light_point" | "cabinet" | "asset_id">): string {
  if (alarm.light_point)
    return [alarm.light_point.code, alarm.light_point.street].filter(Boolean).join(" · ");
  if (alarm.cabinet) return [alarm.cabinet.code, alarm.cabinet.name].filter(Boolean).join(" · ");
  return alarm.asset_id;
}

export function addressOfPlace(alarm: Pick<Alarm, "light_point" | "cabinet">): string | undefined {
  if (alarm.light_point) return `/light-points/${alarm.light_point.id}`;
  return alarm.cabinet ? `/cabinets/${alarm.cabinet.id}` : undefined;
}

/** The life of a work order as the console groups and colours it. */
import type { WorkOrder } from "../api/types";

type Tone = "plain" | "good" | "cold" | "paused";

/** In the order of a day's work; the tabs of the list. */
export const GROUPS = {
  to_qualify: ["new", "reopened"],
  to_plan: ["qualified"],
  planned: ["planned", "dispatched"],
  running: ["en_route", "on_site", "in_progress", "suspended"],
  to_verify: ["done"],
  finished: ["verified", "closed", "cancelled", "rejected", "duplicate"],
} as const;

export type Group = keyof typeof GROUPS;

export function groupOf(status: string): Group {
  const found = (Object.keys(GROUPS) as Group[]).find((group) =>
    (GROUPS[group] as readonly string[]).includes(status),
  );
  return found ?? "to_qualify";
}

export function toneOf(status: string): Tone {
  const group = groupOf(status);
  if (status === "suspended" || status === "reopened") return "paused";
  if (group === "running") return "good";
  if (group === "planned") return "cold";
  return "plain";
}

type Promised = Pick<WorkOrder, "done_at" | "arrived_at" | "respond_by" | "restore_by">;

/** The next promise still to keep: to answer, then to restore. Null while a pause holds its clock. */
export function nextDeadline(order: Promised): string | null {
  if (order.done_at !== null) return null;
  return order.arrived_at === null ? (order.respond_by ?? order.restore_by) : order.restore_by;
}

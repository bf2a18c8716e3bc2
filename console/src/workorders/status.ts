/** The life of a work order as the console groups and colours it. */
import type { WorkOrder } from "../api/types";

type Tone = "plain" | "good" | "cold" | "paused";

/** In the order of a day's work; the tabs of the list. */
export const GROUPS = {
  to_qualify: ["new", "reopened"],
  to_plan: ["qualified"],
  planned: ["planned", "dispatched"],
  running: ["en_route", "on_site", "in_progress", "made_safe", "suspended"],
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

/** The next promise still to keep: to answer, then to restore. */
export function nextDeadline(order: Pick<WorkOrder, "status" | "respond_by" | "restore_by">): string | null {
  const group = groupOf(order.status);
  if (group === "finished" || group === "to_verify") return null;
  const isAnswered = group === "running" && order.status !== "en_route";
  return isAnswered ? order.restore_by : (order.respond_by ?? order.restore_by);
}

export function isLate(deadline: string | null, now: Date): boolean {
  return deadline !== null && new Date(deadline) < now;
}

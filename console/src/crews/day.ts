/** A crew's day: what is under way, what waits (most urgent first), what is done. */
import type { WorkOrder } from "../api/types";
import { groupOf, nextDeadline } from "../workorders/status";

export interface Day {
  running: WorkOrder[];
  waiting: WorkOrder[];
  done: WorkOrder[];
}

/** U0 before U4; within a class, the nearer promise first. */
function inOrder(a: WorkOrder, b: WorkOrder): number {
  const [x, y] = [nextDeadline(a) ?? "9", nextDeadline(b) ?? "9"];
  return a.urgency.localeCompare(b.urgency) || x.localeCompare(y);
}

export function byDay(orders: readonly WorkOrder[]): Day {
  const of = (...groups: string[]) =>
    orders.filter((one) => groups.includes(groupOf(one.status))).sort(inOrder);
  return { running: of("running"), waiting: of("planned"), done: of("to_verify") };
}

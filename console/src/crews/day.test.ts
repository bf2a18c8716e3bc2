import { expect, test } from "vitest";
import type { WorkOrder } from "../api/types";
import { byDay } from "./day";

const order = (id: string, status: string, urgency: string, respond_by: string) =>
  ({ id, status, urgency, respond_by, restore_by: null, arrived_at: null, done_at: null }) as WorkOrder;

test("what is under way comes first, then danger, then the nearer promise", () => {
  const day = byDay([
    order("later", "dispatched", "U3", "2026-11-23T10:00:00Z"),
    order("sooner", "dispatched", "U3", "2026-11-22T10:00:00Z"),
    order("danger", "dispatched", "U0", "2026-11-24T10:00:00Z"),
    order("here", "on_site", "U3", "2026-11-21T10:00:00Z"),
    order("closed", "closed", "U3", "2026-11-21T10:00:00Z"),
  ]);
  expect(day.running.map((one) => one.id)).toEqual(["here"]);
  expect(day.waiting.map((one) => one.id)).toEqual(["danger", "sooner", "later"]);
  expect(day.done).toEqual([]);
});

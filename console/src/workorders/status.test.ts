import { expect, test } from "vitest";
import { groupOf, isLate, nextDeadline } from "./status";

const order = { respond_by: "2026-11-21T10:00:00Z", restore_by: "2026-11-25T10:00:00Z" };

test("before the crew is on site, the promise is to answer", () => {
  expect(nextDeadline({ ...order, status: "dispatched" })).toBe(order.respond_by);
  expect(nextDeadline({ ...order, status: "en_route" })).toBe(order.respond_by);
});

test("once on site, the promise is to restore", () => {
  expect(nextDeadline({ ...order, status: "in_progress" })).toBe(order.restore_by);
});

test("work that is done has no promise left", () => {
  expect(nextDeadline({ ...order, status: "done" })).toBeNull();
  expect(isLate(null, new Date())).toBe(false);
});

test("a status newer than this console waits to be qualified", () => {
  expect(groupOf("something_new")).toBe("to_qualify");
});

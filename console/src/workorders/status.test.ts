import { expect, test } from "vitest";
import { groupOf, nextDeadline } from "./status";

const order = {
  respond_by: "2026-11-21T10:00:00Z",
  restore_by: "2026-11-25T10:00:00Z",
  arrived_at: null,
  done_at: null,
};

test("before the crew is on site, the promise is to answer", () => {
  expect(nextDeadline(order)).toBe(order.respond_by);
});

test("once on site, the promise is to restore", () => {
  expect(nextDeadline({ ...order, arrived_at: "2026-11-21T09:00:00Z" })).toBe(order.restore_by);
});

test("work that is done has no promise left", () => {
  expect(nextDeadline({ ...order, done_at: "2026-11-21T12:00:00Z" })).toBeNull();
});

test("a status newer than this console waits to be qualified", () => {
  expect(groupOf("something_new")).toBe("to_qualify");
});

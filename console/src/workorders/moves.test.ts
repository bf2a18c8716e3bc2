import { expect, test } from "vitest";
import { isComplete, needsOf, rankOf, transition, type Given } from "./moves";

const nothing: Given = {
  reason: "",
  crewId: "",
  plannedOn: "",
  masterId: "",
  isSigned: false,
  isProvenDead: false,
};

test("the step forward is offered before the ways out", () => {
  const moves = ["cancelled", "suspended", "dispatched"].sort((a, b) => rankOf(a) - rankOf(b));
  expect(moves[0]).toBe("dispatched");
});

test("what only the order can meet is not asked", () => {
  expect(needsOf({ needs: { qualified: ["subject"], planned: ["slot"] } }, "qualified")).toEqual([]);
});

test("a move waits for everything it needs", () => {
  expect(isComplete(["crew", "reason"], { ...nothing, crewId: "c" })).toBe(false);
  expect(isComplete(["crew", "reason"], { ...nothing, crewId: "c", reason: "rue barrée" })).toBe(true);
  expect(isComplete(["checklist"], { ...nothing, isSigned: true })).toBe(true);
});

test("only what was given is sent", () => {
  expect(transition("planned", 3, { ...nothing, plannedOn: "2026-11-22" })).toEqual({
    to: "planned",
    expected_version: 3,
    planned_on: "2026-11-22",
  });
});

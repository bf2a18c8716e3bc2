import { describe, expect, test } from "vitest";
import { takeEvents } from "./events";

describe("takeEvents", () => {
  test("takes finished events and leaves the unfinished one", () => {
    const taken = takeEvents('event: alarm\ndata: {"id":1}\n\nevent: state\ndata: {"i');
    expect(taken.events).toEqual([{ kind: "alarm", data: '{"id":1}' }]);
    expect(taken.rest).toBe('event: state\ndata: {"i');
  });

  test("passes over comments that only keep the line open", () => {
    expect(takeEvents(": still here\n\n").events).toEqual([]);
  });

  test("joins several data lines", () => {
    expect(takeEvents("data: a\ndata: b\n\n").events).toEqual([{ kind: "message", data: "a\nb" }]);
  });
});

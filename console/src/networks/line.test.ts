import { describe, expect, test } from "vitest";
import type { NetworkNow } from "../api/types";
import { makeFormats } from "../i18n/format";
import { lineWord, needsSomebody, partsOf, sinceWhen, worstFirst } from "./line";

const line = (state: "open" | "failing" | "closed", is_held = true): NetworkNow["line"] => ({
  state,
  is_held,
  since: "2026-11-20T20:00:00Z",
  detail: "",
  last_frame_at: null,
  frame_count: 0,
  sent_count: 0,
  told_at: "2026-11-20T20:00:00Z",
});
type Told = Pick<NetworkNow, "state" | "line" | "name" | "title">;
const network = (title: string, state: Told["state"], told: NetworkNow["line"]): Told => ({
  name: `modbus:${title}`,
  title,
  state,
  line: told,
});

describe("the word of a line", () => {
  test("is what a worker that holds it says", () => {
    expect(lineWord(network("a", "active", line("open")))).toBe("open");
    expect(lineWord(network("a", "active", line("failing")))).toBe("failing");
  });

  test("is that nobody holds it when nobody speaks of it, or never has", () => {
    expect(lineWord(network("a", "active", line("open", false)))).toBe("unheld");
    expect(lineWord(network("a", "active", null))).toBe("unheld");
  });

  test("is that the network is paused, whatever was last said", () => {
    expect(lineWord(network("a", "paused", line("failing")))).toBe("paused");
    expect(needsSomebody(network("a", "paused", null))).toBe(false);
  });
});

test("what needs somebody comes first, then by title", () => {
  const found = [
    network("paused", "paused", null),
    network("b open", "active", line("open")),
    network("a open", "active", line("open")),
    network("unheld", "active", null),
    network("failing", "active", line("failing")),
  ];
  expect(worstFirst(found).map((one) => one.title)).toEqual([
    "failing",
    "unheld",
    "a open",
    "b open",
    "paused",
  ]);
});

test("a name is a kind and a place, and the place may hold colons", () => {
  expect(partsOf("tts:lights@town")).toEqual({ kind: "tts", where: "lights@town" });
  expect(partsOf("modbus:a:b")).toEqual({ kind: "modbus", where: "a:b" });
  expect(partsOf("")).toEqual({ kind: "", where: "" });
});

test("today the hour is enough, before that the day is said too", () => {
  const f = makeFormats("en-GB", "Europe/Paris");
  const now = new Date("2026-11-20T22:30:00Z");
  expect(sinceWhen("2026-11-20T20:00:00Z", now, f)).toBe("21:00");
  expect(sinceWhen("2026-11-19T20:00:00Z", now, f)).toContain("19 Nov");
});

import { describe, expect, it } from "vitest";
import type { SensorPeriod } from "../api/types";
import { draw, HEIGHT, rangeOf, stepOf, stretchOf, WIDTH } from "./chart";

const FROM = new Date("2026-11-20T10:00:00Z");
const TO = new Date("2026-11-20T11:00:00Z");
const at = (minute: number) => new Date(FROM.getTime() + minute * 60_000).toISOString();

function period(minute: number, value: number | null): SensorPeriod {
  return {
    from: at(minute),
    to: at(minute + 15),
    value,
    minimum: null,
    maximum: null,
    samples: 1,
    is_withheld: value === null,
  };
}

describe("the chart of a sensor", () => {
  it("stands counts on nought and other values on their own swing", () => {
    expect(rangeOf([period(0, 10), period(15, 40)], true)).toEqual([0, 40]);
    expect(rangeOf([period(0, 10), period(15, 40)], false)).toEqual([7, 43]);
    expect(rangeOf([], true)).toEqual([0, 1]);
  });

  it("puts each period where its time is", () => {
    const { marks } = draw([period(15, 20)], true, FROM, TO);
    expect(marks[0]).toMatchObject({ x: WIDTH / 4, width: WIDTH / 4, y: 0 });
  });

  it("leaves what is withheld without a height", () => {
    const { marks } = draw([period(0, null), period(15, 20)], true, FROM, TO);
    expect(marks.map((mark) => mark.y)).toEqual([undefined, 0]);
  });

  it("breaks the line where values are missing", () => {
    expect(draw([period(0, 1), period(15, 2)], false, FROM, TO).lines).toHaveLength(1);
    expect(draw([period(0, 1), period(30, 2)], false, FROM, TO).lines).toHaveLength(2);
  });

  it("keeps a flat line inside", () => {
    const { marks } = draw([period(0, 5)], false, FROM, TO);
    expect(marks[0]?.y).toBeGreaterThan(0);
    expect(marks[0]?.y).toBeLessThan(HEIGHT);
  });

  it("tells longer stretches in longer steps", () => {
    expect(stepOf("day")).toBe("quarter");
    expect(stepOf("month")).toBe("day");
    expect(stretchOf("day", TO)[0].toISOString()).toBe("2026-11-19T11:00:00.000Z");
  });
});

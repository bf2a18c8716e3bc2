/** One outlined shape per cause, on a 24 grid, drawn alike on the map and in lists: never colour alone. */

export interface Mark {
  outline: string;
  sign: string;
}

const HEXAGON = "M12 2 21 7v10l-9 5-9-5V7z";
const SQUARE = "M3.5 3.5h17v17h-17z";

export const MARKS: Record<string, Mark> = {
  lamp_failure: { outline: "M12 2.5 22.5 21h-21z", sign: "M9.3 11.8l5.4 5.4M14.7 11.8l-5.4 5.4" },
  lamp_unexpected_on: {
    outline: "M12 1.5 22.5 12 12 22.5 1.5 12z",
    sign: "M12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM12 6.3v.6M12 17.1v.6M6.3 12h.6M17.1 12h.6",
  },
  communication_loss: {
    outline: "M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20z",
    sign: "M7.3 12h.01M12 12h.01M16.7 12h.01",
  },
  lamp_power_too_low: { outline: HEXAGON, sign: "M12 7.5v8.5M8.5 12.8l3.5 3.5 3.5-3.5" },
  lamp_power_too_high: { outline: HEXAGON, sign: "M12 16.5V8M8.5 11.2 12 7.7l3.5 3.5" },
  battery_low: { outline: HEXAGON, sign: "M8 9h7v6H8zM16.5 11v2M10 11v2" },
  battery_not_charging: { outline: HEXAGON, sign: "M8 9h7v6H8zM16.5 11v2M10 10.5l3 3M13 10.5l-3 3" },
  panel_failure: { outline: HEXAGON, sign: "M8 8.5h8l1.5 6.5h-11zM12 8.5V15M7.3 11.8h9.4" },
  cabinet_out: { outline: SQUARE, sign: "M13 6.5l-4 6h3l-1 5 4-6h-3z" },
  supply_loss: { outline: SQUARE, sign: "M12 6.5v6M8.5 8.5a5 5 0 1 0 7 0" },
  phase_loss: { outline: SQUARE, sign: "M8 7v10M12 7v10M16 7v3M16 14v3" },
  breaker_tripped: { outline: SQUARE, sign: "M12 17v-4l4-5M12 6.5v1M7 17h10" },
  residual_current: { outline: SQUARE, sign: "M12 6.5v5M8 11.5h8M9.5 14h5M11 16.5h2" },
  contactor_stuck: { outline: SQUARE, sign: "M7 12h3M14 12h3M10 8v8M14 8v8" },
  door_open: { outline: SQUARE, sign: "M8 17V7l6-1.5v13L8 17zM14 7h2.5v10H14M11.5 12v.6" },
};

const UNKNOWN: Mark = { outline: SQUARE, sign: "M12 7.5v5.5M12 16.3v.2" };

export const markOf = (cause: string): Mark => MARKS[cause] ?? UNKNOWN;

/** In the order a legend or a filter lists them. */
export const CAUSES = Object.keys(MARKS);

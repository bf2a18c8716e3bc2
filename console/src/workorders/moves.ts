/** What a move of a work order asks of the person who makes it, and the order moves are offered in. */

export interface Needs {
  reason: boolean;
  crew: boolean;
  completion: boolean;
}

const NEED_REASON = new Set(["suspended", "cancelled", "rejected", "duplicate", "reopened"]);
const NEED_CREW = new Set(["planned", "dispatched"]);

export function needsOf(to: string): Needs {
  return { reason: NEED_REASON.has(to), crew: NEED_CREW.has(to), completion: to === "done" };
}

const FORWARD = [
  "done",
  "verified",
  "closed",
  "in_progress",
  "on_site",
  "en_route",
  "dispatched",
  "planned",
  "qualified",
  "made_safe",
];

/** The step forward first, ways out of the work last (100 and more). */
export function rankOf(to: string): number {
  const index = FORWARD.indexOf(to);
  return index === -1 ? 100 : index;
}

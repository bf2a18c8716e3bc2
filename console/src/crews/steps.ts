/** The path of a crew through an order: one step forward at a time, or a pause with its reason. */

const PATH = ["en_route", "on_site", "in_progress", "done"] as const;
export type CrewStep = (typeof PATH)[number];

export interface CrewMoves {
  next: CrewStep | undefined;
  maySuspend: boolean;
}

export function crewMoves(allowed: readonly string[]): CrewMoves {
  return { next: PATH.find((step) => allowed.includes(step)), maySuspend: allowed.includes("suspended") };
}

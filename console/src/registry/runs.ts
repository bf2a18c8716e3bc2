/** The life of an import run. */
export const RUN_TONES: Record<string, "plain" | "good" | "paused" | "cold"> = {
  proposed: "cold",
  applied: "good",
  undone: "paused",
};

export const OUTCOMES = ["changed", "created", "quarantined", "unchanged"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a run can still become: a proposed one may be applied, an applied one undone. */
export const mayApply = (state: string): boolean => state === "proposed";
export const mayUndo = (state: string): boolean => state === "applied";

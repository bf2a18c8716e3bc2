/** The life of an import run. */
export const RUN_TONES: Record<string, "plain" | "good" | "paused" | "cold"> = {
  dry_run: "cold",
  applied: "good",
  undone: "paused",
};

export const OUTCOMES = ["changed", "created", "quarantined", "unchanged"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a run can still become: a dry run may be applied, an applied one undone. */
export const mayApply = (state: string): boolean => state === "dry_run";
export const mayUndo = (state: string): boolean => state === "applied";

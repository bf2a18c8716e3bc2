/** Delivery counts gathered into what a reader needs: done, heard, waiting, failed, ended. */
import type { Command } from "../api/types";

export type PartKind = "applied" | "acknowledged" | "waiting" | "failed" | "ended";

export interface Part {
  kind: PartKind;
  n: number;
}

export function partsOf(counts: Command["counts"]): Part[] {
  const parts: Part[] = [
    { kind: "applied", n: counts.applied },
    { kind: "acknowledged", n: counts.acknowledged },
    { kind: "waiting", n: counts.queued + counts.sent },
    { kind: "failed", n: counts.rejected + counts.expired },
    { kind: "ended", n: counts.superseded + counts.cancelled },
  ];
  return parts.filter((part) => part.n > 0);
}

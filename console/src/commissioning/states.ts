/** The colour of each state of a commissioning: good only where nothing is left to do. */
import type { Commissioning } from "../api/types";

type Tone = "plain" | "good" | "fault" | "late" | "cold" | "paused";

export const STATE_TONES: Record<Commissioning["state"], Tone> = {
  installed: "plain",
  testing: "cold",
  tested: "good",
  failed: "fault",
  accepted: "good",
  refused: "late",
  withdrawn: "paused",
};

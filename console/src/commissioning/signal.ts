/** How well a device is heard, in a word. A LoRaWAN uplink at SF12 is read down to about -20 dB of
signal to noise; ten above that is a margin for rain and parked lorries. */
import type { Key } from "../i18n/index.svelte";

const GOOD_SNR_DB = 0;
const FAIR_SNR_DB = -10;

export type Signal = "good" | "fair" | "weak" | "unknown";

export function signalOf(snrDb: number | null): Signal {
  if (snrDb === null) return "unknown";
  if (snrDb >= GOOD_SNR_DB) return "good";
  return snrDb >= FAIR_SNR_DB ? "fair" : "weak";
}

export const SIGNAL_WORDS: Record<Signal, Key> = {
  good: "commissioning.signal.good",
  fair: "commissioning.signal.fair",
  weak: "commissioning.signal.weak",
  unknown: "commissioning.signal.unknown",
};

import { expect, test } from "vitest";
import { signalOf } from "./signal";

test.each([
  [8.5, "good"],
  [0, "good"],
  [-4, "fair"],
  [-10.5, "weak"],
  [null, "unknown"],
])("a signal to noise of %s dB is %s", (snr, word) => {
  expect(signalOf(snr)).toBe(word);
});

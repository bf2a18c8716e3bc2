/** How the line of a network does, in the one word that matters, and how loudly to say it. */
import type { NetworkNow } from "../api/types";
import type { Formats } from "../i18n/format";

export type LineWord = "open" | "failing" | "closed" | "unheld" | "paused";
export type Tone = "good" | "fault" | "cold" | "paused";

export const LINE_TONES: Record<LineWord, Tone> = {
  open: "good",
  failing: "fault",
  closed: "cold",
  unheld: "cold",
  paused: "paused",
};

/** What needs somebody first. */
const WORST_FIRST: LineWord[] = ["failing", "unheld", "closed", "open", "paused"];

type Told = Pick<NetworkNow, "state" | "line">;

/** A paused network has no line to speak of; a line of which no worker speaks is held by none. */
export function lineWord({ state, line }: Told): LineWord {
  if (state === "paused") return "paused";
  if (line === null || !line.is_held) return "unheld";
  return line.state;
}

export const needsSomebody = (network: Told): boolean =>
  ["failing", "unheld", "closed"].includes(lineWord(network));

export function worstFirst<N extends Told & Pick<NetworkNow, "name" | "title">>(found: readonly N[]): N[] {
  const rank = (one: N) => WORST_FIRST.indexOf(lineWord(one));
  return [...found].sort((a, b) => rank(a) - rank(b) || nameOf(a).localeCompare(nameOf(b)));
}

/** Today the hour is enough. */
export function sinceWhen(at: string, now: Date, f: Pick<Formats, "date" | "time" | "dateTime">): string {
  return f.date(at) === f.date(now) ? f.time(at) : f.dateTime(at);
}

/** What people call it; its name on the wire where nobody gave it a title. */
export const nameOf = (network: Pick<NetworkNow, "name" | "title">): string => network.title || network.name;

/** `chirpstack:ab-cd` is of kind `chirpstack`, at `ab-cd`. */
export function partsOf(name: string): { kind: string; where: string } {
  const cut = name.indexOf(":");
  return cut < 0 ? { kind: name, where: "" } : { kind: name.slice(0, cut), where: name.slice(cut + 1) };
}

/** English words of the crew app. */
import type { crew as french } from "../fr/crew";

export const crew: Record<keyof typeof french, string> = {
  "crew.title": "Round",
  "crew.back": "Back to the list",
  "crew.offline": "No network",
  "crew.running": "Under way",
  "crew.waiting": "To do",
  "crew.done": "Done, to verify",
  "crew.nothing": "Nothing planned for your crew.",
  "crew.nothing.advice": "A new order will appear here.",
  "crew.go": "Go there",
  "crew.take": "To take",
  "crew.isolate": "Cabinet to isolate",
  "crew.notes": "Notes",
  "crew.move.en_route": "I am leaving",
  "crew.move.on_site": "I am on site",
  "crew.move.in_progress": "I start",
  "crew.move.done": "I am done",
  "crew.move.suspended": "Suspend",
  "crew.rest.new": "Waiting for the dispatcher.",
  "crew.rest.planned": "Planned, not sent yet.",
  "crew.rest.suspended": "Suspended: the dispatcher will resume it.",
  "crew.rest.done": "Done. The light must answer tonight.",
  "crew.rest.verified": "Verified by the light.",
  "crew.rest.closed": "Closed.",
};

/** The text form of server-sent events. */

/** Splits a growing text into finished event blocks; what is left is the start of the next one. */
export function takeEvents(text: string): { events: { kind: string; data: string }[]; rest: string } {
  const blocks = text.replaceAll("\r\n", "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  const events = blocks.map((block) => {
    const lines = block.split("\n");
    const field = (name: string) =>
      lines
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).trimStart());
    return { kind: field("event").at(-1) ?? "message", data: field("data").join("\n") };
  });
  return { events: events.filter((event) => event.data !== ""), rest };
}

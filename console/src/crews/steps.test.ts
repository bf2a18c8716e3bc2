import { expect, test } from "vitest";
import { crewMoves } from "./steps";

test("a crew sees its next step, not the dispatcher's moves", () => {
  expect(crewMoves(["cancelled", "suspended", "on_site"])).toEqual({ next: "on_site", maySuspend: true });
  expect(crewMoves(["verified"])).toEqual({ next: undefined, maySuspend: false });
});

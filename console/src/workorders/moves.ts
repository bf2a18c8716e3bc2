/** What a move of a work order asks of the person who makes it, and the order moves are offered in. */
import type { Need, Transition, WorkOrderDetail } from "../api/types";

export type Target = Transition["to"];

const FORWARD: readonly string[] = [
  "done",
  "verified",
  "closed",
  "in_progress",
  "on_site",
  "en_route",
  "dispatched",
  "planned",
  "qualified",
  "made_safe",
];
const WAY_OUT = 100;

/** The step forward first, ways out of the work last. */
export function rankOf(to: string): number {
  const index = FORWARD.indexOf(to);
  return index === -1 ? WAY_OUT : index;
}

export const isWayOut = (to: string): boolean => rankOf(to) >= WAY_OUT;

/** Needs that only the order itself can meet: nothing to ask. */
const NOT_ASKED: readonly Need[] = ["subject", "having_arrived"];

export function needsOf(order: Pick<WorkOrderDetail, "needs">, to: string): Need[] {
  return (order.needs[to] ?? []).filter((need) => !NOT_ASKED.includes(need));
}

/** What a person has given so far for a move. */
export interface Given {
  reason: string;
  crewId: string;
  plannedOn: string;
  masterId: string;
  isSigned: boolean;
  isProvenDead: boolean;
}

const MET: Partial<Record<Need, (given: Given) => boolean>> = {
  reason: (given) => given.reason.trim().length > 2,
  suspension_reason: (given) => given.reason !== "",
  arrival_proof: (given) => given.reason.trim().length > 2,
  slot: (given) => given.plannedOn !== "" || given.crewId !== "",
  crew: (given) => given.crewId !== "",
  master: (given) => given.masterId !== "",
  checklist: (given) => given.isSigned,
  proven_dead: (given) => given.isProvenDead,
};

export const isComplete = (needs: readonly Need[], given: Given): boolean =>
  needs.every((need) => MET[need]?.(given) ?? true);

/** The move as the server takes it: only what was given. */
export function transition(to: Target, version: number, given: Given): Transition {
  return {
    to,
    expected_version: version,
    ...(given.reason.trim() ? { reason: given.reason.trim() } : {}),
    ...(given.crewId ? { crew_id: given.crewId } : {}),
    ...(given.plannedOn ? { planned_on: given.plannedOn } : {}),
    ...(given.masterId ? { master_id: given.masterId } : {}),
    ...(given.isSigned ? { checklist_signed: true } : {}),
    ...(given.isProvenDead ? { proven_dead: true } : {}),
  };
}

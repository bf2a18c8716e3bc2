/** What the console asks of quarantine. */
import { get, post } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type { QuarantinedFrame, QuarantineGroup, SelectionReplay } from "../api/types";

export interface FrameFilters {
  reason_code?: string;
  network?: string;
  address?: string;
  is_waiting?: boolean;
}

export const groups = (signal: AbortSignal) =>
  get<{ items: QuarantineGroup[] }>("/quarantined-frames/groups", { signal });

export const frames = (filters: FrameFilters, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<QuarantinedFrame>>("/quarantined-frames", { query: { ...filters, cursor, limit: 100 }, signal });

export interface Selection {
  frame_ids?: string[];
  reason_code?: string;
  network?: string;
  address?: string;
}

export interface Outcome {
  tried: number;
  taken: number;
}

/** The server tries a portion at a time; `onportion` hears how far it has come. */
export async function replay(selection: Selection, onportion: (tried: number) => void): Promise<Outcome> {
  let cursor: string | null = null;
  const outcome: Outcome = { tried: 0, taken: 0 };
  do {
    const portion: SelectionReplay = await post<SelectionReplay>("/quarantined-frames/replays", {
      body: { ...selection, cursor },
    });
    outcome.tried += portion.tried;
    outcome.taken += portion.taken;
    onportion(outcome.tried);
    cursor = portion.next_cursor;
  } while (cursor !== null);
  return outcome;
}

/** What the console asks of control. */
import { get, post } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type { Command, CommandDelivery, CommandPreview } from "../api/types";

/** The lights of a command, named in exactly one way. */
export type Target = { light_point_ids: string[] } | { cabinet_id: string } | { organisation_id: string };

export interface Order {
  target: Target;
  level_percent: number;
  expires_at: string;
  reason: string;
}

export const preview = (target: Target, signal?: AbortSignal) =>
  post<CommandPreview>("/commands/preview", { body: { target }, signal });

/** The key makes a second press of the button harmless. */
export const sendCommand = (order: Order, key: string) =>
  post<Command>("/commands", { body: order, headers: { "Idempotency-Key": key } });

export const commands = (cursor: string | undefined, signal: AbortSignal) =>
  get<Page<Command>>("/commands", { query: { cursor, limit: 50 }, signal });

export const command = (id: string, signal?: AbortSignal) => get<Command>(`/commands/${id}`, { signal });

export const deliveries = (id: string, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<CommandDelivery>>(`/commands/${id}/deliveries`, { query: { cursor, limit: 100 }, signal });

export const cancelCommand = (id: string) => post<Command>(`/commands/${id}/cancel`);

/** What the console asks of commissioning. */
import { get, post } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type { Commissioning, DiscoveredDevice, LabelRead, PlaceProposal } from "../api/types";
import type { Position } from "../crews/position";

export interface DeviceFilters {
  state?: string;
  q?: string;
  organisation_id?: string;
}

export const devices = (filters: DeviceFilters, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<DiscoveredDevice>>("/discovered-devices", { query: { ...filters, cursor, limit: 50 }, signal });

export const device = (id: string, signal?: AbortSignal) =>
  get<DiscoveredDevice>(`/discovered-devices/${id}`, { signal });

export const ignoreDevice = (id: string, reason: string) =>
  post<DiscoveredDevice>(`/discovered-devices/${id}/ignore`, { body: { reason } });

export const readLabel = (text: string) => post<LabelRead>("/labels/read", { body: { text } });

/** Near where the person stands; without a position, near where the device says it is. */
export const proposals = (
  deviceId: string | undefined,
  at: Position | undefined,
  withEquipped: boolean,
  signal: AbortSignal,
) => {
  const query = { ...at, with_equipped: withEquipped };
  if (deviceId !== undefined)
    return get<{ items: PlaceProposal[] }>(`/discovered-devices/${deviceId}/proposals`, { query, signal });
  if (at === undefined) return undefined;
  return get<{ items: PlaceProposal[] }>("/commissioning-places", { query, signal });
};

export const commissionings = (state: string, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<Commissioning>>("/commissionings", { query: { state, cursor, limit: 50 }, signal });

export const commissioning = (id: string, signal?: AbortSignal) =>
  get<Commissioning>(`/commissionings/${id}`, { signal });

export interface NewCommissioning {
  light_point_id: string;
  matched_by: "scan" | "proposal" | "list";
  discovered_device_id?: string;
  address?: string;
  network?: string;
  profile?: string;
  serial?: string;
  installed_at?: string;
  distance_m?: number;
}

/** The key makes a second press harmless. */
export const commission = (one: NewCommissioning, key: string) =>
  post<Commissioning>("/commissionings", { body: one, headers: { "Idempotency-Key": key } });

export const startTest = (id: string) => post<Commissioning>(`/commissionings/${id}/self-tests`);

export const accept = (id: string, signedName: string, remark: string) =>
  post<Commissioning>(`/commissionings/${id}/acceptance`, { body: { signed_name: signedName, remark } });

export const decide = (id: string, what: "refusal" | "withdrawal", reason: string) =>
  post<Commissioning>(`/commissionings/${id}/${what}`, { body: { reason } });

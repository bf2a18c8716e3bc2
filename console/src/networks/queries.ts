/** What the console asks of field networks. */
import { get, patch, post, send } from "../api/client";
import type { GatewayHeard, NetworkKindForm, NetworkNow, Networks, ProfileName } from "../api/types";
import type { Settings } from "./form";

export const networks = (signal: AbortSignal) => get<Networks>("/networks", { signal });

export const gateways = (networkId: string, signal: AbortSignal) =>
  get<{ items: GatewayHeard[] }>(`/networks/${networkId}/gateways`, { signal });

export const networkKinds = (signal: AbortSignal) =>
  get<{ items: NetworkKindForm[]; profiles: ProfileName[] }>("/network-kinds", { signal });

export interface NewNetwork {
  organisation_id: string;
  kind: string;
  where: string;
  title: string;
  settings: Settings;
}

/** The key makes a second press harmless. */
export const enterNetwork = (network: NewNetwork, key: string) =>
  post<NetworkNow>("/networks", { body: network, headers: { "Idempotency-Key": key } });

export type NetworkChange = Partial<Pick<NetworkNow, "title" | "state">> & { settings?: Settings };

export const changeNetwork = (id: string, change: NetworkChange) =>
  patch<NetworkNow>(`/networks/${id}`, { body: change });

export interface GatewayPlace {
  organisation_id: string;
  name: string;
  lon_deg: number;
  lat_deg: number;
}

export async function placeGateway(address: string, place: GatewayPlace): Promise<true> {
  await send("PUT", `/gateways/${encodeURIComponent(address)}`, { body: place });
  return true;
}

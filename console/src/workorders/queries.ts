/** What the console and the crew app ask of work orders. */
import { get, post } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type { Crew, FailureCodes, Part, WorkOrder, WorkOrderDetail } from "../api/types";

export interface OrderFilters {
  status?: string;
  crew_id?: string;
  mine?: boolean;
  organisation_id?: string;
  light_point_id?: string;
}

export interface Move {
  to: string;
  reason?: string;
  crew_id?: string;
  planned_on?: string;
  occurred_at?: string;
}

export interface Completion {
  failure_mode: string;
  failure_cause: string;
  remedy: string;
  replacement_reason: string | null;
  parts: { part_id: string; quantity: number }[];
  note: string | null;
}

export const workOrders = (filters: OrderFilters, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<WorkOrder>>("/work-orders", { query: { ...filters, cursor, limit: 100 }, signal });

export const workOrder = (id: string, signal?: AbortSignal) =>
  get<WorkOrderDetail>(`/work-orders/${id}`, { signal });

export const createOrder = (body: {
  light_point_id: string;
  title: string;
  urgency: string;
  note: string | null;
}) => post<WorkOrderDetail>("/work-orders", { body, headers: { "Idempotency-Key": crypto.randomUUID() } });

export const moveOrder = (id: string, move: Move) =>
  post<WorkOrderDetail>(`/work-orders/${id}/transitions`, { body: move });

export const completeOrder = (id: string, completion: Completion) =>
  post<WorkOrderDetail>(`/work-orders/${id}/completion`, { body: completion });

export const crews = (signal: AbortSignal) => get<{ items: Crew[] }>("/crews", { signal });
export const parts = (signal: AbortSignal) =>
  get<{ items: Part[] }>("/parts", { query: { limit: 200 }, signal });
export const failureCodes = (signal: AbortSignal) => get<FailureCodes>("/failure-codes", { signal });

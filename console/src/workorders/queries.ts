/** What the console and the crew app ask of work orders. */
import { get, post } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type {
  Completion,
  Crew,
  FailureCodes,
  OrderReport,
  Part,
  Transition,
  WorkOrder,
  WorkOrderDetail,
} from "../api/types";

export interface OrderFilters {
  status?: string;
  crew_id?: string;
  cabinet_id?: string;
  mine?: boolean;
  organisation_id?: string;
  light_point_id?: string;
}

export const workOrders = (filters: OrderFilters, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<WorkOrder>>("/work-orders", { query: { ...filters, cursor, limit: 100 }, signal });

export const workOrder = (id: string, signal?: AbortSignal) =>
  get<WorkOrderDetail>(`/work-orders/${id}`, { signal });

/** Opens an order, or joins the one that already answers for the same trouble. */
export const reportTrouble = (body: OrderReport, key: string) =>
  post<WorkOrderDetail>("/work-orders", { body, headers: { "Idempotency-Key": key } });

export const moveOrder = (id: string, move: Transition) =>
  post<WorkOrderDetail>(`/work-orders/${id}/transitions`, { body: move });

export const completeOrder = (id: string, completion: Completion) =>
  post<WorkOrderDetail>(`/work-orders/${id}/completion`, { body: completion });

export const noteOrder = (id: string, text: string) =>
  post<WorkOrderDetail>(`/work-orders/${id}/notes`, { body: { text } });

export const crews = (signal: AbortSignal) => get<Page<Crew>>("/crews", { query: { limit: 200 }, signal });
export const parts = (signal: AbortSignal) => get<Page<Part>>("/parts", { query: { limit: 200 }, signal });
export const failureCodes = (signal: AbortSignal) => get<FailureCodes>("/failure-codes", { signal });

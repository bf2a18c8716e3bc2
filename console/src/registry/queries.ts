/** What the console asks of the registry. */
import { get, patch, post } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type { Cabinet, CabinetState, ImportMapping, ImportRow, ImportRun, LightPoint } from "../api/types";

export interface LightPointFilters {
  organisation_id?: string;
  cabinet_id?: string;
  street?: string;
  q?: string;
  state?: string;
  alarm?: string;
}

export const lightPoint = (id: string, signal?: AbortSignal) =>
  get<LightPoint>(`/light-points/${id}`, { signal });

export const lightPoints = (filters: LightPointFilters, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<LightPoint>>("/light-points", { query: { ...filters, cursor, limit: 100 }, signal });

export const changeLightPoint = (id: string, change: Partial<Pick<LightPoint, "street" | "state">>) =>
  patch<LightPoint>(`/light-points/${id}`, { body: change });

export const cabinet = (id: string, signal?: AbortSignal) => get<Cabinet>(`/cabinets/${id}`, { signal });

export const cabinetState = (id: string, signal?: AbortSignal) =>
  get<CabinetState>(`/cabinets/${id}/state`, { signal });

export const importRuns = (organisationId: string, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<ImportRun>>("/imports", { query: { organisation_id: organisationId, cursor, limit: 50 }, signal });

export const importRun = (id: string, signal?: AbortSignal) => get<ImportRun>(`/imports/${id}`, { signal });

export const importRows = (id: string, outcome: string, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<ImportRow>>(`/imports/${id}/rows`, { query: { outcome, cursor, limit: 100 }, signal });

export const importMappings = (signal: AbortSignal) =>
  get<{ items: ImportMapping[] }>("/import-mappings", { signal });

/** Read and compared only; the key makes a second press harmless. */
export function readFile(
  file: File,
  mapping: string,
  organisationId: string,
  key: string,
): Promise<ImportRun> {
  const form = new FormData();
  form.set("file", file);
  form.set("mapping", mapping);
  form.set("organisation_id", organisationId);
  form.set("dry_run", "true");
  return post<ImportRun>("/imports", { form, headers: { "Idempotency-Key": key } });
}

export const applyImport = (id: string) => post<ImportRun>(`/imports/${id}/apply`);
export const undoImport = (id: string) => post<ImportRun>(`/imports/${id}/undo`);

/** What the console asks of reporting. */
import { download, get, post } from "../api/client";
import type { Page } from "../api/pages.svelte";
import type { Report } from "../api/types";

export const FORMATS = ["pdf", "xlsx", "csv", "json"] as const;
export type ReportFormat = (typeof FORMATS)[number];

export const reports = (organisationId: string, cursor: string | undefined, signal: AbortSignal) =>
  get<Page<Report>>("/reports", { query: { organisation_id: organisationId, cursor, limit: 50 }, signal });

export const makeMonth = (organisationId: string, month: string) =>
  post<Report>("/reports", {
    body: { organisation_id: organisationId, month },
    headers: { "Idempotency-Key": crypto.randomUUID() },
  });

export const downloadReport = (report: Report, format: ReportFormat, language: string) =>
  download(
    `/reports/${report.id}/files/${format}`,
    { language },
    `reverbere-${report.month}-v${report.version}.${format}`,
  );

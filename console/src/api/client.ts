/** One typed way to the API: bearer token, correlation id, problem details turned into errors. */
import { RefusedError, UnreachableError, type ProblemDocument } from "./problem";
import { session } from "./session.svelte";

const ROOT = "/api/v1";

export type QueryValue = string | number | boolean | undefined | null;

export interface Call {
  query?: Record<string, QueryValue>;
  body?: unknown;
  form?: FormData | URLSearchParams;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

export function address(path: string, query: Record<string, QueryValue> = {}): string {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  return `${ROOT}${path}${search.size > 0 ? `?${search}` : ""}`;
}

export function authorisation(): Record<string, string> {
  return session.token ? { authorization: `Bearer ${session.token}` } : {};
}

async function problemOf(response: Response): Promise<ProblemDocument> {
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return isJson ? ((await response.json()) as ProblemDocument) : { title: response.statusText };
}

/** The raw answer, for files and streams; throws `RefusedError` or `UnreachableError`. */
export async function send(method: string, path: string, call: Call = {}): Promise<Response> {
  const headers = new Headers({
    "x-correlation-id": crypto.randomUUID(),
    ...authorisation(),
    ...call.headers,
  });
  if (call.body !== undefined) headers.set("content-type", "application/json");
  const body = call.form ?? (call.body === undefined ? null : JSON.stringify(call.body));
  let response: Response;
  try {
    response = await fetch(address(path, call.query), { method, headers, body, signal: call.signal ?? null });
  } catch (error) {
    if (error instanceof TypeError) throw new UnreachableError(error.message);
    throw error;
  }
  if (response.ok) return response;
  if (response.status === 401 && session.token) session.expire();
  throw new RefusedError(response.status, await problemOf(response));
}

async function answer<T>(method: string, path: string, call?: Call): Promise<T> {
  const response = await send(method, path, call);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const get = <T>(path: string, call?: Call): Promise<T> => answer<T>("GET", path, call);
export const post = <T>(path: string, call?: Call): Promise<T> => answer<T>("POST", path, call);
export const put = <T>(path: string, call?: Call): Promise<T> => answer<T>("PUT", path, call);
export const patch = <T>(path: string, call?: Call): Promise<T> => answer<T>("PATCH", path, call);

/** Saves a file of the API under the name the server gives it. */
export async function download(
  path: string,
  query: Record<string, QueryValue>,
  fallbackName: string,
): Promise<void> {
  const response = await send("GET", path, { query });
  const named = /filename="?([^";]+)"?/.exec(response.headers.get("content-disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = named?.[1] ?? fallbackName;
  link.click();
  URL.revokeObjectURL(link.href);
}

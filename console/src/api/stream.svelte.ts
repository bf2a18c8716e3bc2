/** Live changes as the server tells them (server-sent events over fetch, so that the token is sent). */
import { address, authorisation } from "./client";
import { takeEvents } from "./events";
import { session } from "./session.svelte";

export type ChangeKind = "state" | "alarm" | "work_order" | "command";
type Listener = (detail: unknown) => void;

const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 30_000;

class Stream {
  isOpen = $state(false);
  heardAt = $state.raw<Date>();
  #listeners = new Map<ChangeKind, Set<Listener>>();
  #abort: AbortController | undefined;

  start(): void {
    this.stop();
    this.#abort = new AbortController();
    void this.#keepReading(this.#abort.signal);
  }

  stop(): void {
    this.#abort?.abort();
    this.isOpen = false;
  }

  on(kind: ChangeKind, listener: Listener): () => void {
    const known = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, known.add(listener));
    return () => known.delete(listener);
  }

  async #keepReading(signal: AbortSignal): Promise<void> {
    let wait = RETRY_FIRST_MS;
    while (!signal.aborted && session.token) {
      const opened = await this.#readOnce(signal);
      this.isOpen = false;
      wait = opened ? RETRY_FIRST_MS : Math.min(wait * 2, RETRY_MAX_MS);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** True when the stream had opened before it ended. */
  async #readOnce(signal: AbortSignal): Promise<boolean> {
    try {
      const response = await fetch(address("/events/stream"), { headers: authorisation(), signal });
      if (!response.ok || response.body === null) return false;
      this.isOpen = true;
      this.heardAt = new Date();
      await this.#drain(response.body);
      return true;
    } catch {
      return this.isOpen;
    }
  }

  async #drain(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for (const reader = body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.heardAt = new Date();
      const taken = takeEvents(text + decoder.decode(value, { stream: true }));
      text = taken.rest;
      for (const event of taken.events) this.#tell(event.kind as ChangeKind | "reload", event.data);
    }
  }

  #tell(kind: ChangeKind | "reload", data: string): void {
    // A page that fell behind is told to read everything again.
    const told =
      kind === "reload"
        ? [...this.#listeners.values()].flatMap((all) => [...all])
        : this.#listeners.get(kind);
    for (const listener of told ?? []) listener(JSON.parse(data));
  }
}

export const stream = new Stream();

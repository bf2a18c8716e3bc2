/** A reading of the API that knows its own state: loading, ready, late, refused, unreachable. */
import { clock } from "./clock";
import { asFailure, isAbort, type Failure } from "./problem";

export interface QueryOptions {
  /** Read again this often while the page is visible. */
  everySeconds?: number;
}

export class Query<T> {
  data = $state.raw<T>();
  failure = $state.raw<Failure>();
  isLoading = $state(true);
  loadedAt = $state.raw<Date>();
  #load: (signal: AbortSignal) => Promise<T> | undefined;
  #abort: AbortController | undefined;

  constructor(load: (signal: AbortSignal) => Promise<T> | undefined) {
    this.#load = load;
  }

  /** What was read before is still shown, but the last attempt failed. */
  get isLate(): boolean {
    return this.data !== undefined && this.failure !== undefined;
  }

  reload = (): Promise<void> => {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const reading = this.#load(abort.signal);
    return reading === undefined ? this.#rest() : this.#settle(reading, abort.signal);
  };

  stop(): void {
    this.#abort?.abort();
  }

  async #rest(): Promise<void> {
    this.isLoading = false;
  }

  async #settle(reading: Promise<T>, signal: AbortSignal): Promise<void> {
    try {
      const data = await reading;
      if (signal.aborted) return;
      this.data = data;
      this.failure = undefined;
      this.loadedAt = clock.at(Date.now());
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      this.failure = asFailure(error);
    }
    this.isLoading = false;
  }
}

/**
 * Reads now, again when a value used inside `load` changes, and again every so often.
 * `load` may return undefined when there is nothing to ask yet.
 */
export function query<T>(
  load: (signal: AbortSignal) => Promise<T> | undefined,
  options: QueryOptions = {},
): Query<T> {
  const made = new Query(load);
  $effect(() => {
    void made.reload();
    return () => made.stop();
  });
  $effect(() => {
    if (options.everySeconds === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void made.reload();
    }, options.everySeconds * 1000);
    return () => clearInterval(timer);
  });
  return made;
}

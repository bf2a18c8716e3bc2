/** A long list read page by page through the server's cursor. */
import { clock } from "./clock";
import { asFailure, isAbort, type Failure } from "./problem";

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

type Load<T> = (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>> | undefined;

export class Pages<T> {
  items = $state.raw<T[]>([]);
  failure = $state.raw<Failure>();
  isLoading = $state(true);
  loadedAt = $state.raw<Date>();
  #next = $state.raw<string | null>(null);
  #load: Load<T>;
  #abort: AbortController | undefined;

  constructor(load: Load<T>) {
    this.#load = load;
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  get isLate(): boolean {
    return this.loadedAt !== undefined && this.failure !== undefined;
  }

  reload = (): Promise<void> => this.#read(undefined);
  more = (): Promise<void> => this.#read(this.#next ?? undefined);

  stop(): void {
    this.#abort?.abort();
  }

  async #read(cursor: string | undefined): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const reading = this.#load(cursor, abort.signal);
    if (reading === undefined) return;
    this.isLoading = true;
    try {
      const page = await reading;
      if (abort.signal.aborted) return;
      this.items = cursor === undefined ? page.items : [...this.items, ...page.items];
      this.#next = page.next_cursor;
      this.failure = undefined;
      this.loadedAt = clock.at(Date.now());
    } catch (error) {
      if (isAbort(error) || abort.signal.aborted) return;
      this.failure = asFailure(error);
    }
    this.isLoading = false;
  }
}

/** Reads the first page now and again whenever a value used inside `load` changes. */
export function pages<T>(load: Load<T>): Pages<T> {
  const made = new Pages(load);
  $effect(() => {
    void made.reload();
    return () => made.stop();
  });
  return made;
}

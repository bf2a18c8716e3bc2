/** One thing a person asks for: busy while it runs, and its refusal kept for the screen. */
import { asFailure, type Failure } from "./problem";

export class Action<Arguments extends unknown[], T> {
  isBusy = $state(false);
  failure = $state.raw<Failure>();
  #run: (...args: Arguments) => Promise<T>;

  constructor(run: (...args: Arguments) => Promise<T>) {
    this.#run = run;
  }

  /** Drops a refusal that was dealt with. */
  forget(): void {
    this.failure = undefined;
  }

  /** The result, or undefined when it failed (see `failure`) or is already running. */
  run = async (...args: Arguments): Promise<T | undefined> => {
    if (this.isBusy) return undefined;
    this.isBusy = true;
    this.failure = undefined;
    try {
      return await this.#run(...args);
    } catch (error) {
      this.failure = asFailure(error);
      return undefined;
    } finally {
      this.isBusy = false;
    }
  };
}

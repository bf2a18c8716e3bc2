/** The server's clock as this browser knows it; a demonstration may live faster than we do. */

/** Two samples closer than this say nothing sure about the rate. */
const RATE_AFTER_MS = 5_000;
/** A rate nearer to one than this is the jitter of the network. */
const JITTER = 0.1;

export class Clock {
  #serverMs: number;
  #localMs: number;
  #rate = 1;
  #hasLearnt = false;

  constructor(localMs: number) {
    this.#serverMs = localMs;
    this.#localMs = localMs;
  }

  /** What the server said its time was, when this browser's was `localMs`. */
  learn(serverNow: string, localMs: number): void {
    const serverMs = Date.parse(serverNow);
    const elapsedMs = localMs - this.#localMs;
    if (this.#hasLearnt && elapsedMs > RATE_AFTER_MS) {
      const measured = (serverMs - this.#serverMs) / elapsedMs;
      this.#rate = Math.abs(measured - 1) < JITTER ? 1 : Math.max(measured, 0);
    }
    this.#serverMs = serverMs;
    this.#localMs = localMs;
    this.#hasLearnt = true;
  }

  at(localMs: number): Date {
    return new Date(this.#serverMs + (localMs - this.#localMs) * this.#rate);
  }
}

export const clock = new Clock(Date.now());

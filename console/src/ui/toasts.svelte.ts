/** Short confirmations that leave by themselves; never the only trace of a refusal. */
const LIFE_MS = 5_000;

export interface Toast {
  id: string;
  text: string;
}

class Toasts {
  list = $state.raw<Toast[]>([]);

  say(text: string): void {
    const toast = { id: crypto.randomUUID(), text };
    this.list = [...this.list, toast];
    setTimeout(() => (this.list = this.list.filter((one) => one !== toast)), LIFE_MS);
  }
}

export const toasts = new Toasts();

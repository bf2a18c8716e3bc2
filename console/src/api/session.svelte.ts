/** Who is signed in on this browser: the token, kept across tabs until it expires or is dropped. */

const KEY = "reverbere.session";

interface Kept {
  token: string;
  expiresAt: number;
}

function read(): Kept | undefined {
  const text = localStorage.getItem(KEY);
  if (text === null) return undefined;
  const kept = JSON.parse(text) as Kept;
  return kept.expiresAt > Date.now() ? kept : undefined;
}

class Session {
  #kept = $state.raw<Kept | undefined>(read());
  /** True when the server stopped accepting the token: the sign-in screen says so. */
  hasExpired = $state(false);

  get token(): string | undefined {
    return this.#kept?.token;
  }

  open(token: string, lifetimeSeconds: number): void {
    this.#kept = { token, expiresAt: Date.now() + lifetimeSeconds * 1000 };
    this.hasExpired = false;
    localStorage.setItem(KEY, JSON.stringify(this.#kept));
  }

  close(): void {
    this.#kept = undefined;
    localStorage.removeItem(KEY);
  }

  expire(): void {
    this.close();
    this.hasExpired = true;
  }
}

export const session = new Session();

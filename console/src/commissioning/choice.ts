/** A light point a person chose, and how they came to it. */
export interface Choice {
  id: string;
  code: string;
  street: string;
  replaces: string | null;
  distanceM?: number;
  by: "proposal" | "list";
}

/** Farther than this, a proposal deserves a second look. */
export const FAR_M = 40;

export const isFar = (choice: Choice): boolean => (choice.distanceM ?? 0) > FAR_M;

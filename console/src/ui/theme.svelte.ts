/** Night or day: chosen by the person, or following the Sun over the city. */

export type Theme = "night" | "day";
export type ThemeChoice = Theme | "sun";

const KEPT = "reverbere.theme";

function kept(): ThemeChoice {
  const text = localStorage.getItem(KEPT);
  return text === "night" || text === "day" ? text : "sun";
}

class Look {
  choice = $state<ThemeChoice>(kept());
  /** Told by whoever knows the place and the time. */
  isDark = $state(true);
  readonly theme: Theme = $derived(this.choice === "sun" ? (this.isDark ? "night" : "day") : this.choice);

  choose(choice: ThemeChoice): void {
    localStorage.setItem(KEPT, choice);
    this.choice = choice;
  }
}

export const look = new Look();

/** The colour a token has now, as the browser resolves it: for canvas and map, which know no tokens. */
export function tokenColour(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

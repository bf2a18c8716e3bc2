/** The map's colours, taken from the tokens as they are resolved now. */
import { tokenColour, type Theme } from "../ui/theme.svelte";

export interface Palette {
  theme: Theme;
  /** How numbers are written on the map. */
  locale: string;
  ground: string;
  street: string;
  streetEdge: string;
  off: string;
  label: string;
  fault: string;
  faultSoft: string;
  cold: string;
  warm: string;
  accent: string;
  surface: string;
  ink: string;
}

export function readPalette(theme: Theme, locale: string): Palette {
  return {
    theme,
    locale,
    ground: tokenColour("map-ground"),
    street: tokenColour("map-street"),
    streetEdge: tokenColour("map-street-edge"),
    off: tokenColour("map-off"),
    label: tokenColour("map-label"),
    fault: tokenColour("fault"),
    faultSoft: tokenColour("fault-soft"),
    cold: tokenColour("cold"),
    warm: tokenColour("amber-fill"),
    accent: tokenColour("accent"),
    surface: tokenColour("surface"),
    ink: tokenColour("ink"),
  };
}

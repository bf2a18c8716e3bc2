/** The colour of the light a lamp gives, by its correlated colour temperature and its level. */

export type Rgb = readonly [number, number, number];

interface Anchor {
  cctK: number;
  night: Rgb;
  day: Rgb;
}

/** Chosen by eye between sodium amber and neutral white; on a light ground the same hues, darker. */
export const LIGHT_ANCHORS: readonly Anchor[] = [
  { cctK: 1800, night: [255, 138, 31], day: [196, 94, 0] },
  { cctK: 2200, night: [255, 160, 61], day: [209, 113, 0] },
  { cctK: 2700, night: [255, 187, 108], day: [221, 140, 20] },
  { cctK: 3000, night: [255, 205, 145], day: [219, 156, 48] },
  { cctK: 4000, night: [255, 238, 219], day: [196, 164, 84] },
  { cctK: 5700, night: [226, 237, 255], day: [122, 148, 178] },
];

export const CCT_UNKNOWN_K = 2700;

const mix = (a: number, b: number, share: number): number => Math.round(a + (b - a) * share);

export function lightRgb(cctK: number, theme: "night" | "day" = "night"): Rgb {
  const first = LIGHT_ANCHORS[0]!;
  const last = LIGHT_ANCHORS.at(-1)!;
  if (cctK <= first.cctK) return first[theme];
  if (cctK >= last.cctK) return last[theme];
  const next = LIGHT_ANCHORS.findIndex((anchor) => anchor.cctK >= cctK);
  const [below, above] = [LIGHT_ANCHORS[next - 1]!, LIGHT_ANCHORS[next]!];
  const share = (cctK - below.cctK) / (above.cctK - below.cctK);
  const [a, b] = [below[theme], above[theme]];
  return [mix(a[0], b[0], share), mix(a[1], b[1], share), mix(a[2], b[2], share)];
}

export const css = ([r, g, b]: Rgb, alpha = 1): string =>
  alpha === 1 ? `rgb(${r} ${g} ${b})` : `rgb(${r} ${g} ${b} / ${alpha})`;

/** How strong a glow looks: eyes answer to the square root, and the lowest level is still seen. */
export function glow(levelPercent: number): number {
  if (levelPercent <= 0) return 0;
  return 0.3 + 0.7 * Math.sqrt(Math.min(levelPercent, 100) / 100);
}

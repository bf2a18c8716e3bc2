/** Where the Sun stands (NOAA solar equations, within a minute or two below 60 degrees of latitude).
    Only for ambience and axes: what lights are told comes from the server. */

const RADIANS = Math.PI / 180;
const DAY_MS = 86_400_000;
const J2000_MS = Date.UTC(2000, 0, 1, 12);

/** Altitude of sunrise and sunset: centre of the Sun, with refraction and radius. */
export const HORIZON_DEG = -0.833;

interface Declination {
  declinationRad: number;
  equationMinutes: number;
}

function solar(at: Date): Declination {
  const century = (at.getTime() - J2000_MS) / DAY_MS / 36_525;
  const meanLongitude = (280.46646 + century * (36000.76983 + century * 0.0003032)) % 360;
  const meanAnomaly = 357.52911 + century * (35999.05029 - 0.0001537 * century);
  const eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century);
  const m = meanAnomaly * RADIANS;
  const centre =
    Math.sin(m) * (1.914602 - century * (0.004817 + 0.000014 * century)) +
    Math.sin(2 * m) * (0.019993 - 0.000101 * century) +
    Math.sin(3 * m) * 0.000289;
  const node = (125.04 - 1934.136 * century) * RADIANS;
  const apparent = (meanLongitude + centre - 0.00569 - 0.00478 * Math.sin(node)) * RADIANS;
  const obliquity = (23.439291 - century * 0.0130042 + 0.00256 * Math.cos(node)) * RADIANS;
  const y = Math.tan(obliquity / 2) ** 2;
  const l = meanLongitude * RADIANS;
  const equation =
    y * Math.sin(2 * l) -
    2 * eccentricity * Math.sin(m) +
    4 * eccentricity * y * Math.sin(m) * Math.cos(2 * l) -
    0.5 * y * y * Math.sin(4 * l) -
    1.25 * eccentricity * eccentricity * Math.sin(2 * m);
  return {
    declinationRad: Math.asin(Math.sin(obliquity) * Math.sin(apparent)),
    equationMinutes: (4 * equation) / RADIANS,
  };
}

/** Height of the Sun above the horizon, in degrees. */
export function sunAltitudeDeg(at: Date, lonDeg: number, latDeg: number): number {
  const { declinationRad, equationMinutes } = solar(at);
  const minutes = (at.getTime() % DAY_MS) / 60_000 + equationMinutes + 4 * lonDeg;
  const hourAngle = (minutes / 4 - 180) * RADIANS;
  const lat = latDeg * RADIANS;
  const sine =
    Math.sin(lat) * Math.sin(declinationRad) + Math.cos(lat) * Math.cos(declinationRad) * Math.cos(hourAngle);
  return Math.asin(sine) / RADIANS;
}

export interface Dark {
  sunsetAt: Date;
  sunriseAt: Date;
}

/** The dark part of [from, to): first crossing down, first crossing up; undefined where the Sun never sets. */
export function darkBetween(from: Date, to: Date, lonDeg: number, latDeg: number): Dark | undefined {
  const isDark = (ms: number) => sunAltitudeDeg(new Date(ms), lonDeg, latDeg) < HORIZON_DEG;
  const step = 10 * 60_000;
  let sunset: number | undefined;
  for (let ms = from.getTime(); ms < to.getTime(); ms += step) {
    if (sunset === undefined && !isDark(ms) && isDark(ms + step)) sunset = crossing(ms, ms + step, isDark);
    if (sunset !== undefined && isDark(ms) && !isDark(ms + step)) {
      const sunrise = crossing(ms, ms + step, (x) => !isDark(x));
      return { sunsetAt: new Date(sunset), sunriseAt: new Date(sunrise) };
    }
  }
  return undefined;
}

function crossing(before: number, after: number, isPast: (ms: number) => boolean): number {
  let [low, high] = [before, after];
  while (high - low > 1000) {
    const middle = (low + high) / 2;
    if (isPast(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Where this device stands, asked only to prove an arrival; undefined when it will not say. */

const PATIENCE_MS = 8_000;

export interface Position {
  lon_deg: number;
  lat_deg: number;
}

export function whereAmI(): Promise<Position | undefined> {
  if (!("geolocation" in navigator)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lon_deg: coords.longitude, lat_deg: coords.latitude }),
      () => resolve(undefined),
      { enableHighAccuracy: true, timeout: PATIENCE_MS },
    );
  });
}

/** What people call a device model; its profile where no name is known. */
import type { ProfileName } from "../api/types";

export function modelName(models: ProfileName[], profile: string): string {
  const known = models.find((one) => one.name === profile);
  return known ? `${known.manufacturer} ${known.model}` : profile;
}

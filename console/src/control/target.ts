/** The target of a command in the reader's words; the server keeps it as `kind:what`. */
import { city } from "../app/city.svelte";
import { t, tn } from "../i18n/index.svelte";

export function targetWords(target: string): string {
  const [kind, what = ""] = target.split(":");
  if (kind === "light_points") return tn("count.lights", Number(what));
  if (kind === "cabinet") {
    const code = city.cabinets.data?.find((one) => one.id === what)?.code;
    return code === undefined ? t("map.cabinet") : t("command.target.cabinet", { code });
  }
  if (kind === "organisation")
    return city.organisations.find((one) => one.id === what)?.name ?? t("app.organisation");
  return target;
}

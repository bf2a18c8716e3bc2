/** Which screen answers which address; each is loaded when first opened. */
import type { Component } from "svelte";
import type { Key } from "../i18n/index.svelte";
import type { IconName } from "../ui/icons";
import { match } from "./router.svelte";

/** A screen takes the named parts of its address as props, all of them text. */
type Screen = Component<Record<string, string>>;
type Load = () => Promise<{ default: unknown }>;

const incidents: Load = () => import("../faults/Incidents.svelte");
const work: Load = () => import("../workorders/WorkOrders.svelte");

const SCREENS: [pattern: string, load: Load][] = [
  ["", () => import("../map/MapScreen.svelte")],
  ["/incidents", incidents],
  ["/incidents/:id", incidents],
  ["/orders", work],
  ["/orders/:id", () => import("../workorders/WorkOrder.svelte")],
  ["/light", () => import("../control/Commands.svelte")],
  ["/light/commands/:id", () => import("../control/Command.svelte")],
  ["/light/calendars", () => import("../schedules/Calendars.svelte")],
  ["/light/calendars/:id", () => import("../schedules/Calendar.svelte")],
  ["/light/programs", () => import("../schedules/Programs.svelte")],
  ["/energy", () => import("../energy/Energy.svelte")],
  ["/energy/reports", () => import("../reporting/Reports.svelte")],
  ["/estate", () => import("../registry/LightPoints.svelte")],
  ["/estate/cabinets", () => import("../registry/Cabinets.svelte")],
  ["/estate/imports", () => import("../registry/Imports.svelte")],
  ["/estate/imports/:id", () => import("../registry/ImportRun.svelte")],
  ["/estate/commissioning", () => import("../commissioning/Commissioning.svelte")],
  ["/estate/commissioning/new", () => import("../commissioning/PutUp.svelte")],
  ["/estate/commissioning/:id", () => import("../commissioning/InService.svelte")],
  ["/estate/quarantine", () => import("../quarantine/Quarantine.svelte")],
  ["/light-points/:id", () => import("../registry/LightPoint.svelte")],
  ["/cabinets/:id", () => import("../registry/Cabinet.svelte")],
  ["/estate/networks", () => import("../networks/Networks.svelte")],
  ["/estate/sensors", () => import("../sensors/Sensors.svelte")],
  ["/estate/sensors/:id", () => import("../sensors/Sensor.svelte")],
  ["/estate/networks/:id", () => import("../networks/Network.svelte")],
];

export interface Found {
  pattern: string;
  parts: Record<string, string>;
  load: () => Promise<{ default: Screen }>;
}

export function find(path: string): Found | undefined {
  for (const [pattern, load] of SCREENS) {
    const parts = match(pattern, path);
    if (parts !== undefined) return { pattern, parts, load: load as Found["load"] };
  }
  return undefined;
}

export interface RailWord {
  href: string;
  word: Key;
  icon: IconName;
  /** Addresses that belong to this word of the rail. */
  covers: string[];
}

export const RAIL: RailWord[] = [
  { href: "/", word: "rail.map", icon: "map", covers: [] },
  { href: "/incidents", word: "rail.incidents", icon: "incidents", covers: ["/incidents"] },
  { href: "/orders", word: "rail.work", icon: "work", covers: ["/orders"] },
  { href: "/light", word: "rail.light", icon: "light", covers: ["/light"] },
  { href: "/energy", word: "rail.energy", icon: "energy", covers: ["/energy"] },
  {
    href: "/estate",
    word: "rail.estate",
    icon: "estate",
    covers: ["/estate", "/light-points", "/cabinets"],
  },
];

export function isHere(entry: RailWord, path: string): boolean {
  if (entry.covers.length === 0) return path === "/";
  return entry.covers.some((start) => path === start || path.startsWith(`${start}/`));
}

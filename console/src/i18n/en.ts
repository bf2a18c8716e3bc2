/** Every word of the console in English, by key. */
import { app } from "./en/app";
import { map } from "./en/map";
import { faults } from "./en/faults";
import { codes } from "./en/codes";
import { registry } from "./en/registry";
import { light } from "./en/light";
import { work } from "./en/work";
import { energy } from "./en/energy";
import { crew } from "./en/crew";
import { commissioning } from "./en/commissioning";
import { networks } from "./en/networks";
import { sensors } from "./en/sensors";
import type { Key } from "./fr";

export const en: Record<Key, string> = {
  ...app,
  ...map,
  ...faults,
  ...codes,
  ...registry,
  ...light,
  ...work,
  ...energy,
  ...crew,
  ...commissioning,
  ...networks,
  ...sensors,
};

/** Every word of the console in French, by key. */
import { app } from "./fr/app";
import { map } from "./fr/map";
import { faults } from "./fr/faults";
import { codes } from "./fr/codes";
import { registry } from "./fr/registry";
import { light } from "./fr/light";
import { work } from "./fr/work";
import { energy } from "./fr/energy";
import { crew } from "./fr/crew";
import { commissioning } from "./fr/commissioning";
import { networks } from "./fr/networks";
import { sensors } from "./fr/sensors";

export const fr = {
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

export type Key = keyof typeof fr;

/** What the console knows of each kind of network beside its settings, which the server tells. */
import type { IconName } from "../ui/icons";

interface Kind {
  icon: IconName;
  /** Devices speak through gateways whose reception is worth looking at. */
  isRadio: boolean;
  /** An example of the second word of its name. */
  example: string;
  /** Groups of settings of which exactly one is given: the word of each way, and its settings. */
  ways: { word: string; fields: string[] }[];
  /** Settings whose proposed value is right almost everywhere: asked for apart. */
  fine: string[];
}

const LORAWAN_FINE = ["rx2_data_rate", "rx2_frequency_hz"];

const KINDS: Record<string, Kind> = {
  chirpstack: {
    icon: "radio",
    isRadio: true,
    example: "6b1f7e52-84a0-4c65-9f0e-5d3f8a1c2b70",
    ways: [],
    fine: LORAWAN_FINE,
  },
  tts: { icon: "radio", isRadio: true, example: "eclairage@ma-ville", ways: [], fine: LORAWAN_FINE },
  modbus: {
    icon: "circuit",
    isRadio: false,
    example: "gare",
    ways: [
      { word: "tcp", fields: ["host", "port"] },
      { word: "serial", fields: ["device", "baudrate", "parity"] },
    ],
    fine: [],
  },
  lunatone: { icon: "circuit", isRadio: false, example: "parking-nord", ways: [], fine: [] },
  lwm2m: { icon: "level", isRadio: false, example: "main", ways: [], fine: [] },
  oslp: { icon: "level", isRadio: false, example: "main", ways: [], fine: [] },
  mqtt: { icon: "level", isRadio: false, example: "centre", ways: [], fine: [] },
};

const UNKNOWN: Kind = { icon: "radio", isRadio: false, example: "main", ways: [], fine: [] };

/** A kind newer than this console is still shown. */
export const kindOf = (kind: string): Kind => KINDS[kind] ?? UNKNOWN;

/** What a name may be made of (the server's rule). */
export const WHERE_PATTERN = "[A-Za-z0-9][A-Za-z0-9@._\\-]*";

/** The settings that belong to no way, or to the chosen one. */
export function isAsked(kind: string, field: string, way: string): boolean {
  const owner = kindOf(kind).ways.find((one) => one.fields.includes(field));
  return owner === undefined || owner.word === way;
}

/** The way a network that is known was entered: the first of which a telling setting is given. */
export function wayOf(kind: string, settings: Record<string, unknown> | undefined): string {
  const { ways } = kindOf(kind);
  const given = ways.find((one) => settings?.[one.fields[0]!]);
  return (given ?? ways[0])?.word ?? "";
}

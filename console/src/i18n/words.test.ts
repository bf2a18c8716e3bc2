import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { en } from "./en";
import { fr } from "./fr";

const SOURCES = join(import.meta.dirname, "..");
const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(svelte|ts)$/.test(name) && !name.startsWith("i18n"))
  .map((name) => readFileSync(join(SOURCES, name), "utf8"));
const source = files.join("\n");

const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
const keys = Object.keys(fr) as (keyof typeof fr)[];

/** Keys asked for by a part known only at run time: t(`a.${x}`), word("a", x), known("a", x), tn("a", n). */
const stems = [
  ...[...source.matchAll(/`([a-z_.]+)\.\$\{/g)].map((found) => found[1]!),
  ...[...source.matchAll(/\b(?:word|known|tn)\(\s*"([a-z_.]+)"/g)].map((found) => found[1]!),
];

describe("the words", () => {
  test("are the same keys in both languages", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(fr).sort());
  });

  test.each(keys)("%s is said in both, with the same holes", (key) => {
    expect(fr[key].trim()).not.toBe("");
    expect(en[key].trim()).not.toBe("");
    expect(holes(en[key])).toEqual(holes(fr[key]));
  });

  test("are all used", () => {
    const unused = keys.filter(
      (key) => !source.includes(`"${key}"`) && !stems.some((stem) => key.startsWith(`${stem}.`)),
    );
    expect(unused).toEqual([]);
  });
});

/** The language of the reader: words by key, and formats for their numbers and dates. */
import { en } from "./en";
import { fr, type Key } from "./fr";
import { makeFormats, type Formats } from "./format";

export type Language = "fr" | "en";
export type { Key };

const KEPT = "reverbere.language";
const WORDS: Record<Language, Record<Key, string>> = { fr, en };
const LOCALES: Record<Language, string> = { fr: "fr-FR", en: "en-GB" };

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "fr" || kept === "en") return kept;
  return navigator.language.startsWith("en") ? "en" : "fr";
}

class Reader {
  language = $state<Language>(firstLanguage());
  /** Where the lights are: every instant is told in this zone. */
  timeZone = $state("Europe/Paris");
  readonly format: Formats = $derived(makeFormats(LOCALES[this.language], this.timeZone));
  readonly plurals = $derived(new Intl.PluralRules(LOCALES[this.language]));
  readonly words: Record<Key, string> = $derived(WORDS[this.language]);

  /** A choice made on this browser wins over the account's language. */
  choose(language: Language): void {
    localStorage.setItem(KEPT, language);
    this.language = language;
  }

  follow(language: string): void {
    if (localStorage.getItem(KEPT) === null && (language === "fr" || language === "en"))
      this.language = language;
  }
}

export const reader = new Reader();

type Values = Record<string, string | number>;

function fill(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function t(key: Key, values: Values = {}): string {
  return fill(reader.words[key], values);
}

type Stem<K> = K extends `${infer S}.other` ? S : never;
export type CountedKey = Stem<Key>;

/** A counted thing: `lights.one` or `lights.other`, with `{n}` in the reader's form. */
export function tn(stem: CountedKey, n: number): string {
  const form = reader.plurals.select(n) === "one" ? "one" : "other";
  return fill(reader.words[`${stem}.${form}` as Key], { n: reader.format.number(n) });
}

/** Words that arrive in the middle of a sentence, put at the start of one. */
export const capitalised = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** The words of a code, if this console has any. */
export function known(prefix: string, code: string): string | undefined {
  return reader.words[`${prefix}.${code}` as Key];
}

/** The words of a code the server may extend: the code itself when it is newer than this console. */
export function word(prefix: string, code: string): string {
  return known(prefix, code) ?? code.replaceAll("_", " ");
}

/** The bytes of a frame, for people: as text where they are text, as hexadecimal where not. */

const PRINTABLE = /^[\x09\x0a\x0d\x20-\x7e\u00a0-\uffff]*$/;

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join(" ");

export function told(base64: string): string {
  const bytes = bytesOf(base64);
  const text = new TextDecoder("utf-8").decode(bytes);
  if (!PRINTABLE.test(text) || text.includes("\ufffd")) return hex(bytes);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

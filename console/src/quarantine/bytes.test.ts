import { expect, test } from "vitest";
import { told } from "./bytes";

test.each([
  ["JSON is laid out", btoa('{"a":1}'), '{\n  "a": 1\n}'],
  ["text is text", btoa("hello"), "hello"],
  ["bytes are hexadecimal", btoa("\x00\xff\x10"), "00 ff 10"],
])("%s", (_, given, shown) => {
  expect(told(given)).toBe(shown);
});

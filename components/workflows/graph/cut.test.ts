import { expect, test } from "vitest";
import { cut } from "./node";

test.each([
  ["short", 20, "short"],
  ["exactly_ten", 11, "exactly_ten"],
  ["a_name_that_is_too_long", 10, "a_name_th…"],
  ["日本語のとても長い", 10, "日本語の…"],
  ["ab日本", 6, "ab日本"],
])("%s in the room of %i letters is %s", (text, most, shown) => {
  expect(cut(text, most)).toBe(shown);
});

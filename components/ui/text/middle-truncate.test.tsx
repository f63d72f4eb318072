// @vitest-environment jsdom
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { MiddleTruncate } from "./middle-truncate";

const listParts = (text: string) => {
  const container = document.createElement("div");
  container.innerHTML = renderToStaticMarkup(<MiddleTruncate text={text} />);
  return [...container.querySelectorAll("bdi, span > span")].map((part) => part.textContent);
};

test("the last six characters of a long name are never truncated", () => {
  expect(listParts("settle-monthly-invoices")).toEqual(["settle-monthly-in", "voices"]);
  expect(listParts("short-name-1")).toEqual(["short-name-1"]);
  expect(listParts("счета-за-месяц-повторно")).toEqual(["счета-за-месяц-по", "вторно"]);
});

test.each([
  ["letters that join", "تسوية الفواتير الشهرية للعملاء"],
  ["a letter and its mark", "nomme\u0301-apre\u0300s-une-re\u0301unio\u0301n-clos"],
  ["an emoji of several characters", "deploy-the-team-👩‍👩‍👧‍👦-now"],
])("a name is not cut between %s", (_, text) => {
  expect(listParts(text)).toEqual([text]);
});

import { expect, test } from "vitest";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { NO_QUERY } from "@/lib/search-params/tasks/query";
import { parseInput, suggest } from "./search-language";

test("words are added to the current filters, and a complete id opens its task", () => {
  const filters = taskFilters({ state: ["sleeping"], range: "24h" });
  const isName = (word: string) => word === "charge-card";
  expect(parseInput("state:failed charge-card timeout", filters, isName)).toEqual({
    filters: {
      ...NO_QUERY,
      state: ["sleeping", "failed"],
      name: ["charge-card"],
      any: ["timeout"],
    },
  });
  expect(parseInput(" 01A2F6C2-71d0-7e3a-9b14-5f0c88e1a42d ", filters, isName)).toEqual({
    openId: "01a2f6c2-71d0-7e3a-9b14-5f0c88e1a42d",
  });
  expect(parseInput("name:a state:broken", filters, isName)).toMatchObject({
    problem: { from: 7, to: 19, message: expect.stringContaining("broken") },
  });
});

const known = {
  names: ["charge-card", "send mail", "recharge"],
  workers: ["w1", "w2"],
  tenants: ["acme"],
  idempotencyKeys: ["order-42"],
  checkpoints: ["charge"],
  paths: [{ path: "params.order.id", values: ["42", '"a b"'] }],
};
const suggestedTexts = (text: string) =>
  suggest(text, known, ["orders", "mail"]).map((one) => one.text);

test.each<[string, string[]]>([
  ["sta", ["state:", "any:sta", "error:sta", "idempotency:sta"]],
  ["ord-2024-77", ["any:ord-2024-77", "error:ord-2024-77", "idempotency:ord-2024-77"]],
  ["state:failed,s", ["state:failed,sleeping"]],
  ["name:charge", ["name:charge-card", "name:recharge"]],
  ['name:"send', ['name:"send mail"']],
  [
    "charge",
    ["name:charge-card", "name:recharge", "any:charge", "error:charge", "idempotency:charge"],
  ],
  ["state:failed queue:or", ["state:failed queue:orders"]],
  ["tenant:", ["tenant:acme"]],
  ["idempotency:or", ["idempotency:order-42"]],
  ["order", ["params.order.id:", "any:order", "error:order", "idempotency:order"]],
  ["params.order.id:", ["params.order.id:42", 'params.order.id:"a b"']],
  ["params.order.id>4", ["params.order.id>42"]],
  ['"no such', ['any:"no such"', 'error:"no such"', 'idempotency:"no such"']],
])("%s is completed to %j", (text, expected) => {
  expect(suggestedTexts(text)).toEqual(expected);
});

test("an empty search box suggests the keys", () => {
  expect(suggestedTexts("")).toContain("state:");
  expect(suggestedTexts("name:a ")).toContain("name:a params.order.id:");
  expect(suggest("", undefined, [])).toHaveLength(7);
});

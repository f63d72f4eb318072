import { expect, test } from "vitest";
import { suggest } from "./search-suggest";

const known = {
  names: ["charge-card", "send mail", "recharge"],
  workers: ["w1", "w2"],
  tenants: ["acme"],
  idempotencyKeys: ["order-42"],
  checkpoints: ["charge"],
  paths: [{ path: "params.order.id", values: ["42", '"a b"'] }],
};
const texts = (text: string) => suggest(text, known, ["orders", "mail"]).map((one) => one.text);

test.each<[string, string[]]>([
  ["sta", ["state:", "error:sta", "idempotency:sta"]],
  ["state:failed,s", ["state:failed,sleeping"]],
  ["name:charge", ["name:charge-card", "name:recharge"]],
  ['name:"send', ['name:"send mail"']],
  ["charge", ["name:charge-card", "name:recharge", "error:charge", "idempotency:charge"]],
  ["state:failed queue:or", ["state:failed queue:orders"]],
  ["tenant:", ["tenant:acme"]],
  ["idempotency:or", ["idempotency:order-42"]],
  ["order", ["params.order.id:", "error:order", "idempotency:order"]],
  ["params.order.id:", ["params.order.id:42", 'params.order.id:"a b"']],
  ["params.order.id>4", ["params.order.id>42"]],
  ['"no such', ['error:"no such"', 'idempotency:"no such"']],
])("%s may become %j", (text, expected) => {
  expect(texts(text)).toEqual(expected);
});

test("an empty box shows what can be asked", () => {
  expect(texts("")).toContain("state:");
  expect(texts("name:a ")).toContain("name:a params.order.id:");
  expect(suggest("", undefined, [])).toHaveLength(7);
});

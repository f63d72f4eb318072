import { expect, test } from "vitest";
import { findUuid } from "./ids";

const ID = "01a2f6c2-71d0-7e3a-9b14-5f0c88e1a42d";

test.each([
  ID,
  ID.toUpperCase(),
  ID.replaceAll("-", ""),
  `urn:uuid:${ID}`,
  `{${ID}}`,
  `2026-11-30T02:11:09Z ERROR task=${ID} attempt=2 "lease lost"`,
  `"taskID": "${ID}",`,
  `\\"${ID}\\"`,
  `https://other.example/queues/orders/tasks/${ID}?tab=steps`,
  `see ${ID}.`,
])("the id in %s is found", (text) => {
  expect(findUuid(text)).toBe(ID);
});

test.each(["", "orders", ID.slice(0, 35), `${ID}0`, `f${ID}`, `${ID}-7`, "f".repeat(64)])(
  "there is no id in “%s”",
  (text) => {
    expect(findUuid(text)).toBeNull();
  },
);

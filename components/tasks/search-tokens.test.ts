import { expect, test } from "vitest";
import { taskFilters } from "@/lib/search-params/tasks";
import { chipsOf, understand } from "./search-tokens";

test.each([
  ["state:failed,running", { filters: { state: ["sleeping", "failed", "running"] } }],
  ["name:a,b", { filters: { name: ["a,b"] } }],
  ["charge-card", { filters: { name: ["charge-card"] } }],
  ["queue:orders", { filters: { queue: ["orders"] } }],
  ["id:01A2f6", { filters: { id: "01a2f6" } }],
  [" 01A2F6C2-71d0-7e3a-9b14-5f0c88e1a42d ", { openId: "01a2f6c2-71d0-7e3a-9b14-5f0c88e1a42d" }],
])("%s is understood", (text, understood) => {
  expect(understand(text, taskFilters({ state: ["sleeping"] }))).toEqual(understood);
});

test("what cannot be understood says why", () => {
  expect(understand("state:broken", taskFilters())).toMatchObject({
    problem: expect.stringContaining("broken is no state"),
  });
  expect(understand("id:xyz", taskFilters())).toHaveProperty("problem");
});

test("every chip says what the list is without it", () => {
  const chips = chipsOf(taskFilters({ state: ["failed"], name: ["a", "b"], id: "01" }));
  expect(chips.map((chip) => `${chip.key}:${chip.value}`)).toEqual([
    "state:failed",
    "name:a",
    "name:b",
    "id:01",
  ]);
  expect(chips[1]?.without).toEqual({ name: ["b"] });
});

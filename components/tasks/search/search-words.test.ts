import { expect, test } from "vitest";
import { taskFilters } from "@/lib/search-params/tasks";
import { NO_QUERY } from "@/lib/search-params/tasks-words";
import { understand } from "./parse-input";
import { chipsOf } from "./search-words";

test("words are added to the filters there are, and a whole id opens", () => {
  const filters = taskFilters({ state: ["sleeping"], range: "24h" });
  const isName = (word: string) => word === "charge-card";
  expect(understand("state:failed charge-card timeout", filters, isName)).toEqual({
    filters: {
      ...NO_QUERY,
      state: ["sleeping", "failed"],
      name: ["charge-card"],
      error: ["timeout"],
    },
  });
  expect(understand(" 01A2F6C2-71d0-7e3a-9b14-5f0c88e1a42d ", filters, isName)).toEqual({
    openId: "01a2f6c2-71d0-7e3a-9b14-5f0c88e1a42d",
  });
  expect(understand("name:a state:broken", filters, isName)).toMatchObject({
    problem: { from: 7, to: 19, message: expect.stringContaining("broken is no state") },
  });
});

test("every chip says what the list is without it", () => {
  const path = { source: "params" as const, steps: ["a:b"] };
  const chips = chipsOf(
    taskFilters({
      state: ["failed"],
      name: ["a", "b"],
      where: [{ path, comparison: ">=", value: { text: "5", quoted: false } }],
    }),
  );
  expect(chips.map((chip) => [chip.key, chip.value])).toEqual([
    ["state:", "failed"],
    ["name:", "a"],
    ["name:", "b"],
    ['params."a:b">=', "5"],
  ]);
  expect(chips[1]?.without).toMatchObject({ name: ["b"], state: ["failed"] });
});

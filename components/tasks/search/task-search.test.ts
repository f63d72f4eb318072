import { expect, test } from "vitest";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { filterChips } from "./task-search";

test("removing a chip leaves the query without it", () => {
  const path = { source: "params" as const, steps: ["a:b"] };
  const chips = filterChips(
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

import { expect, test } from "vitest";
import type { FailureGroup } from "@/lib/model/rows/failure";
import { searchGroups, sortGroups } from "./group-order";

const group = (id: string, more: Partial<FailureGroup> = {}): FailureGroup => ({
  ...{ id, taskName: id, errorName: null, pattern: "", attempts: 1, queues: ["orders"] },
  tasks: { exhausted: 0, refused: 0, retrying: 0, recovered: 0, cancelled: 0 },
  first: { at: "2026-03-02T10:00:00.000Z", precision: "exact" },
  ...{ lastAt: "2026-03-02T11:00:00.000Z", trend: [], samples: [], ...more },
});
const ids = (groups: FailureGroup[]) => groups.map(({ id }) => id).join("");

test("groups are sorted by attempts, last failure, first failure or name", () => {
  const groups = [
    group("b", { attempts: 5, lastAt: "2026-03-02T11:01:00.000Z" }),
    group("a", { attempts: 9 }),
    group("c", { first: { at: "2026-03-02T10:30:00.000Z", precision: "in-window" } }),
  ];
  expect(ids(sortGroups(groups, "attempts"))).toBe("abc");
  expect(ids(sortGroups(groups, "last"))).toBe("bac");
  expect(ids(sortGroups(groups, "first"))).toBe("cba");
  expect(ids(sortGroups(groups, "name"))).toBe("abc");
});

test("a search matches groups that contain every word, in any case and any field", () => {
  const groups = [
    group("charge", { errorName: "GatewayTimeout", pattern: "no answer from {}" }),
    group("ship", { queues: ["parcels"] }),
  ];
  expect(ids(searchGroups(groups, "gateway ANSWER"))).toBe("charge");
  expect(ids(searchGroups(groups, "parcels"))).toBe("ship");
  expect(ids(searchGroups(groups, " "))).toBe("chargeship");
  expect(ids(searchGroups(groups, "gateway parcels"))).toBe("");
});

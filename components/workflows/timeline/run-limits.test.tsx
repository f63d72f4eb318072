// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import type { RunView } from "@/lib/highway/view/run-view";
import type { Circuit } from "@/lib/model/workflow";
import { createScale } from "@/lib/timeline/axis/scale";
import type { Timeline } from "@/lib/timeline/model";
import { render } from "@/testing/render";
import { LimitRow } from "./limit-row";
import { listRunLimits, makeRoomFor } from "./run-limits";
import { listRunTableRows } from "./run-rows";

const START = Date.parse("2026-03-01T06:00:00Z");
const after = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

/** The timeline of a run that has been running for a minute. */
const TIMELINE: Timeline = {
  from: START,
  to: START + 60_000,
  now: START + 60_000,
  active: true,
  lanes: [],
  projection: null,
};
const ENDED = { ...TIMELINE, active: false };

const OPEN: Circuit = {
  tenantId: "default",
  workflowName: "loan",
  operator: "charge",
  state: "open",
  failures: 5,
  successes: 0,
  retryAt: after(90),
  probeUntil: null,
  updatedAt: after(30),
  revision: "1",
};

/** Only the fields from which limits are derived. */
const viewOf = (deadline: string | null, circuit: Circuit | null = null) => ({
  deadline,
  operators: { charge: { circuit } } as unknown as RunView["operators"],
});

test("a future deadline shows the remaining time, and the timeline extends to it", () => {
  const limits = listRunLimits(viewOf(after(180)), TIMELINE);
  expect(limits).toMatchObject([
    { path: null, title: "deadline", from: START, certainty: "planned" },
  ]);
  expect(limits[0]?.notes[0]?.text).toBe("ends the run in 2 min");
  expect(makeRoomFor(limits, TIMELINE).to).toBe(START + 180_000);
});

test("a past deadline states whether it ended the run or was not reached", () => {
  const text = (deadline: string) =>
    listRunLimits(viewOf(deadline), ENDED).map(({ notes }) => notes[0]?.text);
  expect(text(after(60))).toEqual(["ended the run"]);
  expect(text(after(900))).toEqual(["not reached"]);
  expect(makeRoomFor(listRunLimits(viewOf(after(900)), ENDED), ENDED).to).toBe(ENDED.to);
});

test("open and half-open circuits show which calls they permit, and a closed one isn't a limit", () => {
  const text = (change: Partial<Circuit>) =>
    listRunLimits(viewOf(null, { ...OPEN, ...change }), TIMELINE).map(
      ({ title, notes }) => `${title}, ${notes[0]?.text}`,
    );
  expect(text({})).toEqual(["charge: circuit open, no calls for 30 s"]);
  expect(text({ retryAt: after(50) })).toEqual(["charge: circuit open, the next call probes"]);
  expect(text({ state: "half_open", probeUntil: after(80) })).toEqual([
    "charge: circuit half-open, a call probes, for 20 s at most",
  ]);
  expect(text({ state: "half_open" })).toEqual(["charge: circuit half-open, the next call probes"]);
  expect(text({ state: "closed" })).toEqual([]);
  expect(listRunLimits(viewOf(null, OPEN), ENDED)).toEqual([]);
});

test("limits are rows of the table, and clicking a circuit's row selects its operator", () => {
  const limits = listRunLimits(viewOf(after(180), OPEN), TIMELINE);
  expect(listRunTableRows([], false, limits)).toMatchObject([
    { what: "deadline", name: null, to: START + 180_000, note: "planned" },
    { what: "circuit open", name: "charge", from: START + 30_000, to: START + 90_000 },
  ]);
  const select = vi.fn();
  const scale = createScale({ from: START, to: START + 180_000 }, 600);
  const { getByRole, container } = render(
    <div>
      {limits.map((limit) => (
        <LimitRow
          key={limit.key}
          limit={limit}
          scale={scale}
          height={28}
          selected={false}
          onSelect={select}
        />
      ))}
    </div>,
  );
  getByRole("button", { name: "charge: circuit open" }).click();
  expect(select).toHaveBeenCalledWith("charge");
  expect(container.textContent).toContain("no calls for 30 s");
  expect(container.querySelectorAll("path")).toHaveLength(2);
});

// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { Grant } from "@/lib/model/access";
import { render } from "@/testing/render";
import { NoDatabases } from "./fleet";

const viewer: Grant = {
  ...{ role: "viewer", queues: null, tenants: null, payloads: true },
  databases: ["asia", "test-*"],
};

test("a person who may view no database sees their roles and the claims that grant them", () => {
  const { container } = render(
    <NoDatabases
      uncovered={{
        ...{ name: "Bob", grants: [viewer], reasons: ["groups: billing"], isSwitchedOff: false },
      }}
    />,
  );
  expect(container.textContent).toContain("No database for Bob");
  expect(container.textContent).toContain("viewer (databases asia, test-*) by groups: billing");
});

test("if viewing is disabled for everyone, roles aren't given as the reason", () => {
  const { container } = render(
    <NoDatabases uncovered={{ name: "Bob", grants: [viewer], reasons: [], isSwitchedOff: true }} />,
  );
  expect(container.textContent).toContain("DASHBOARD_DISABLE");
  expect(container.textContent).not.toContain("Bob");
});

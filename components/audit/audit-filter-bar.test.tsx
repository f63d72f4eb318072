// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { auditFilters } from "@/lib/search-params/audit";
import { render } from "@/testing/render";
import { AuditFilterBar } from "./audit-filter-bar";

test("an operator named like an inherited object member is listed", () => {
  for (const name of ["__proto__", "constructor"]) {
    render(
      <AuditFilterBar
        filters={{ ...auditFilters(), operator: [name] }}
        onChange={() => {}}
        onClear={undefined}
      />,
    );
    expect(screen.getByRole("option", { name })).toBeDefined();
  }
});

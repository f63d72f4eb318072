// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { auditFilters } from "@/lib/search-params/audit";
import { render } from "@/testing/render";
import { AuditFilterBar } from "./audit-filter-bar";

test("operators may have the names of members that every object inherits", () => {
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

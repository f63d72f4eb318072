// @vitest-environment jsdom
import { fireEvent, screen } from "@testing-library/react";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { render } from "@/testing/render";
import RootError from "./error";
import GlobalError from "./global-error";

const error = Object.assign(new Error("relation tasks does not exist"), { digest: "1234567890" });

test("an error outside the frame shows its code but not its message, and can be retried", async () => {
  const retry = vi.fn();
  await render(<RootError error={error} retry={retry} />);
  expect(screen.getByRole("alert").textContent).toContain("Code 1234567890");
  expect(screen.getByRole("alert").textContent).not.toContain("relation");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
});

test("an error in the root layout is shown in a document of its own", () => {
  const html = renderToString(<GlobalError error={error} retry={() => {}} />);
  expect(html).toMatch(/^<html lang="en">/);
  expect(html).toContain("This page crashed");
  expect(html).toContain("Reload");
});

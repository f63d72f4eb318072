// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { render } from "@/testing/render";
import { CopyButton } from "../form/copy-button";
import { ManualCopy } from "./copy";

const setClipboard = (clipboard: unknown) =>
  Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
const setCommand = (command: unknown) => Object.assign(document, { execCommand: command });

afterEach(() => {
  setClipboard(undefined);
  setCommand(undefined);
});

function renderPage() {
  const page = render(
    <>
      <CopyButton text="the text" label="Copy id" />
      <ManualCopy />
    </>,
  );
  return page;
}

test("without a clipboard, the text is copied from a selection and the focus stays", async () => {
  const { user } = renderPage();
  setClipboard(undefined);
  let copied: string | undefined;
  setCommand(() => {
    copied = (document.activeElement as HTMLTextAreaElement).value;
    return true;
  });
  await user.click(screen.getByRole("button", { name: "Copy id" }));
  await screen.findByRole("button", { name: "Copied" });
  expect(copied).toBe("the text");
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Copied" }));
});

test("a clipboard that rejects falls back to a selection", async () => {
  const { user } = renderPage();
  setClipboard({ writeText: () => Promise.reject(new DOMException("denied", "NotAllowedError")) });
  const command = vi.fn(() => true);
  setCommand(command);
  await user.click(screen.getByRole("button", { name: "Copy id" }));
  await screen.findByRole("button", { name: "Copied" });
  expect(command).toHaveBeenCalledExactlyOnceWith("copy");
});

test("if nothing can copy, the text is shown and selected", async () => {
  const { user } = renderPage();
  setClipboard(undefined);
  setCommand(() => false);
  await user.click(screen.getByRole("button", { name: "Copy id" }));
  const field = await screen.findByLabelText<HTMLTextAreaElement>("Text to copy");
  expect([field.selectionStart, field.selectionEnd]).toEqual([0, "the text".length]);
  screen.getByRole("dialog", { name: "Copy by hand" });
  expect(screen.queryByRole("button", { name: "Copied" })).toBeNull();
});

// @vitest-environment jsdom
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { act, fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { render } from "@/testing/render";
import { ReasonField } from "../../audit/reason-field";
import type { FailedOutcome } from "../feedback/outcome-error";
import { Field, Textarea } from "../form/field";
import { ConfirmDialog } from "./confirm-dialog";
import { Dialog } from "./dialog";

type Confirm = () => Promise<FailedOutcome | undefined>;

/** A page with a button that opens a dialog with a text area, a single-line field and a confirm button. */
function Page({
  onConfirm = async () => undefined,
  danger = false,
}: {
  onConfirm?: Confirm;
  danger?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
      {open && (
        <ConfirmDialog
          title="Emit event"
          confirmLabel="Emit"
          danger={danger}
          onConfirm={onConfirm}
          onClose={() => setOpen(false)}
        >
          <Field label="Payload">{(ids) => <Textarea {...ids} />}</Field>
          <ReasonField value={reason} onChange={setReason} />
        </ConfirmDialog>
      )}
    </>
  );
}

const dialog = () => screen.queryByRole("dialog", { name: "Emit event" });

async function openPage(props: Parameters<typeof Page>[0] = {}) {
  const page = render(<Page {...props} />);
  await page.user.click(screen.getByRole("button", { name: "Open" }));
  return page;
}

/**
 * A press and a release on two elements, as a browser reports them: the click targets their nearest common ancestor.
 */
function drag(from: Element, to: Element, at: { clientX: number; clientY: number }) {
  fireEvent.pointerDown(from, at);
  fireEvent.pointerUp(to, at);
  const common = from === to ? from : document.querySelector("dialog");
  if (common) fireEvent.click(common, at);
}

test("a press in a field released on the backdrop keeps the dialog and its text", async () => {
  const { user } = await openPage();
  await user.type(screen.getByLabelText("Payload"), "typed");
  const box = document.querySelector("dialog");
  if (!box) throw new Error("no dialog");
  drag(screen.getByLabelText("Payload"), box, { clientX: 5, clientY: 5 });
  expect(screen.getByLabelText("Payload")).toHaveProperty("value", "typed");
  // The reverse: a press on the backdrop that is released inside.
  drag(box, screen.getByLabelText("Payload"), { clientX: 0, clientY: 0 });
  expect(dialog()).not.toBeNull();
});

test("a click on the backdrop closes the dialog and returns the focus to the button", async () => {
  await openPage();
  const box = document.querySelector("dialog");
  if (!box) throw new Error("no dialog");
  drag(box, box, { clientX: 5, clientY: 5 });
  expect(dialog()).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Open" }));
});

test("nothing closes a dialog while its action is running, not even the browser", async () => {
  let finish = (_: undefined) => {};
  const { user } = await openPage({ onConfirm: () => new Promise((done) => (finish = done)) });
  await user.click(screen.getByRole("button", { name: "Emit" }));
  await user.keyboard("{Escape}{Escape}");
  expect(dialog()).not.toBeNull();
  const box = document.querySelector("dialog");
  await act(async () => box?.close());
  expect(box?.open).toBe(true);
  await act(async () => finish(undefined));
  expect(dialog()).toBeNull();
});

test("a dialog closed by the browser is also closed in the page's state", async () => {
  await openPage();
  await act(async () => document.querySelector("dialog")?.close());
  expect(document.querySelector("dialog")).toBeNull();
});

test("several clicks in quick succession run the action once", async () => {
  const confirm = vi.fn<Confirm>(() => new Promise(() => {}));
  await openPage({ onConfirm: confirm });
  const button = screen.getByRole("button", { name: "Emit" });
  act(() => {
    button.click();
    button.click();
    button.click();
  });
  expect(confirm).toHaveBeenCalledTimes(1);
});

test("Enter confirms from a single-line field, and Ctrl or Cmd with Enter from anywhere", async () => {
  const confirm = vi.fn<Confirm>(() => new Promise(() => {}));
  const { user } = await openPage({ onConfirm: confirm });
  await user.type(screen.getByLabelText("Payload"), "a{Enter}b");
  expect(confirm).not.toHaveBeenCalled();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(confirm).toHaveBeenCalledTimes(1);
});

test("an Enter that ends an input method's composition confirms nothing", async () => {
  const confirm = vi.fn<Confirm>(async () => undefined);
  await openPage({ onConfirm: confirm });
  const reason = screen.getByLabelText(/^Reason/);
  // Prevented, so that the browser doesn't submit the form.
  expect(fireEvent.keyDown(reason, { key: "Enter", isComposing: true })).toBe(false);
  expect(fireEvent.keyDown(reason, { key: "Enter", keyCode: 229 })).toBe(false);
  fireEvent.keyDown(reason, { key: "Enter", ctrlKey: true, isComposing: true });
  fireEvent.keyDown(reason, { key: "Escape", isComposing: true });
  expect(confirm).not.toHaveBeenCalled();
  expect(dialog()).not.toBeNull();
});

test("the focus starts on the first field, or on the button of a destructive dialog", async () => {
  const page = await openPage();
  expect(document.activeElement).toBe(screen.getByLabelText("Payload"));
  page.unmount();
  await openPage({ danger: true });
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Emit" }));
});

test("the dialog shows a failure of the action, and a crash too", async () => {
  const failure = {
    title: "Event not emitted",
    code: "conflict",
    message: "It was emitted.",
  } as const;
  const page = await openPage({ onConfirm: async () => failure });
  await page.user.click(screen.getByRole("button", { name: "Emit" }));
  expect(screen.getByRole("alert").textContent).toContain("Event not emitted");
  page.unmount();
  const { user } = await openPage({ onConfirm: () => Promise.reject(new Error("lost")) });
  await user.click(screen.getByRole("button", { name: "Emit" }));
  expect(screen.getByRole("alert").textContent).toContain("Outcome unknown");
});

test("one Escape or click on the backdrop closes the inner of two dialogs only", async () => {
  function Outer() {
    const [open, setOpen] = useState(true);
    return open ? (
      <Dialog title="Outer" onClose={() => setOpen(false)}>
        <Page />
      </Dialog>
    ) : null;
  }
  const { user } = render(<Outer />);
  const open = () => user.click(screen.getByRole("button", { name: "Open" }));
  await open();
  await user.keyboard("{Escape}");
  expect(dialog()).toBeNull();
  await open();
  const inner = document.querySelector("dialog dialog");
  if (!inner) throw new Error("no inner dialog");
  drag(inner, inner, { clientX: 5, clientY: 5 });
  expect(dialog()).toBeNull();
  expect(screen.queryByRole("dialog", { name: "Outer" })).not.toBeNull();
});

test("a dialog that cancels, drops or aborts is left with Keep, every other one with Cancel", () => {
  const folder = path.resolve("components");
  const dialogs = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".tsx") && !file.includes(".test."))
    .flatMap((file) => [
      ...readFileSync(path.join(folder, file), "utf8").matchAll(
        /<ConfirmDialog\n[\s\S]*?\n {2,}>\n/g,
      ),
    ])
    .map(([tag]) => ({
      confirm: /confirmLabel="(.*)"/.exec(tag)?.[1] ?? "",
      leave: /cancelLabel="(.*)"/.exec(tag)?.[1] ?? "Cancel",
    }));
  const isEnding = ({ confirm }: { confirm: string }) => /^(Cancel|Drop|Abort)\b/.test(confirm);
  const leave = new Set(dialogs.filter(isEnding).map((one) => one.leave));
  expect([...leave].sort()).toEqual(["Keep queue", "Keep running", "Keep task"]);
  expect(dialogs.filter((one) => !isEnding(one) && one.leave !== "Cancel")).toEqual([]);
});

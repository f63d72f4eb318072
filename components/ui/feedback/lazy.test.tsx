// @vitest-environment jsdom
import { act, fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { render, renderLoading } from "@/testing/render";
import { VersionProvider } from "./boundary";
import { lazyDialog, lazyPart } from "./lazy";

// React logs every error that a boundary catches.
const report = vi.spyOn(console, "error").mockImplementation(() => {});
afterEach(() => report.mockClear());

const SLOW = { timeout: 5_000 };
const Part = ({ text }: { text: string }) => <p>{text}</p>;

/** A click that makes a render load code; React only resumes it if awaited. */
const press = (name: string) =>
  act(async () => fireEvent.click(screen.getByRole("button", { name })));

test("code that fails to load is tried three times before the section shows the reason", async () => {
  const load = vi.fn(async () => Part).mockRejectedValueOnce(new Error("network"));
  const Lazy = lazyPart(load);
  await renderLoading(<Lazy text="loaded" />);
  await screen.findByText("loaded", {}, SLOW);
  expect(load).toHaveBeenCalledTimes(2);
});

test("a section without its code shows the reason and loads on the next try", async () => {
  let isOnline = false;
  const Lazy = lazyPart(async () => {
    if (!isOnline) throw new Error("network");
    return Part;
  });
  await renderLoading(
    <>
      <Lazy text="loaded" />
      <p>the rest</p>
    </>,
  );
  await screen.findByText("This section could not be loaded", {}, SLOW);
  screen.getByText("the rest");
  isOnline = true;
  await press("Try again");
  await screen.findByText("loaded", {}, SLOW);
});

test("a dialog without its code can be closed, and reopening it retries", async () => {
  let isOnline = false;
  const Lazy = lazyDialog<{ onClose: () => void }>(async () => {
    if (!isOnline) throw new Error("network");
    return () => <p>opened</p>;
  });
  function Page() {
    const [open, setOpen] = useState(false);
    return (
      <>
        <button type="button" onClick={() => setOpen(true)}>
          Open
        </button>
        {open && <Lazy onClose={() => setOpen(false)} />}
      </>
    );
  }
  const { user } = render(<Page />);
  await press("Open");
  await screen.findByText("This dialog could not be loaded", {}, SLOW);
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  isOnline = true;
  await press("Open");
  await screen.findByText("opened", {}, SLOW);
});

test("after an update of the server, the section reports it and offers to reload", async () => {
  const onMissingCode = vi.fn();
  const Lazy = lazyPart(async () => {
    throw new Error("404");
  });
  await renderLoading(
    <VersionProvider value={{ isOutdated: true, onMissingCode }}>
      <Lazy />
    </VersionProvider>,
  );
  await screen.findByText("New version", {}, SLOW);
  screen.getByRole("button", { name: "Reload" });
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  expect(onMissingCode).toHaveBeenCalled();
});

test("code preloaded on hover is rendered without flashing the skeleton", async () => {
  const Lazy = lazyPart(async () => Part, { skeleton: <p>loading</p> });
  Lazy.preload();
  await new Promise((resolve) => setTimeout(resolve));
  render(<Lazy text="loaded" />);
  expect(screen.queryByText("loading")).toBeNull();
  screen.getByText("loaded");
});

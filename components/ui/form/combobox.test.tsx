// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { render } from "@/testing/render";
import { Combobox } from "./combobox";

const FRUIT = ["apple", "banana", "cherry"].map((key, index) => ({
  key,
  group: index < 2 ? "Sweet" : "Sour",
}));

function Page({
  kind,
  onChoose = () => {},
  onSubmit = () => {},
  fruit = FRUIT,
}: {
  kind: "palette" | "search";
  onChoose?: (key: string) => void;
  onSubmit?: (text: string) => void;
  fruit?: typeof FRUIT;
}) {
  const [text, setText] = useState("");
  return (
    <Combobox
      kind={kind}
      label="Fruit"
      listLabel="Fruits"
      className=""
      value={text}
      onType={setText}
      options={fruit.filter(({ key }) => key.includes(text))}
      renderOption={({ key }) => key}
      onChoose={({ key }) => onChoose(key)}
      onSubmit={() => onSubmit(text)}
    />
  );
}

const field = () => screen.getByLabelText<HTMLInputElement>("Fruit");
/** The list loads on the first focus; the field then has attributes set by the library. */
const loaded = () => waitFor(() => expect(field().getAttribute("aria-haspopup")).toBe("listbox"));

test("focus and text survive the loading of the list", async () => {
  const { user } = render(<Page kind="search" />);
  expect(field().getAttribute("aria-haspopup")).toBeNull();
  await user.type(field(), "an");
  await loaded();
  expect(field().value).toBe("an");
  expect(document.activeElement).toBe(field());
  expect(screen.getAllByRole("option").map((one) => one.textContent)).toEqual(["banana"]);
});

test("Enter submits the text until an arrow key has selected an option", async () => {
  const onChoose = vi.fn();
  const onSubmit = vi.fn();
  const { user } = render(<Page kind="search" onChoose={onChoose} onSubmit={onSubmit} />);
  await user.type(field(), "a");
  await loaded();
  await user.keyboard("{Enter}");
  expect(onSubmit).toHaveBeenCalledExactlyOnceWith("a");
  await user.keyboard("n{ArrowDown}");
  await waitFor(() => {
    const active = document.getElementById(field().getAttribute("aria-activedescendant") ?? "");
    expect(active?.textContent).toBe("banana");
  });
  await user.keyboard("{Enter}");
  expect(onChoose).toHaveBeenCalledExactlyOnceWith("banana");
});

test("a palette starts at its first option, and a click chooses any option", async () => {
  const onChoose = vi.fn();
  const { user } = render(<Page kind="palette" onChoose={onChoose} />);
  await user.click(field());
  await loaded();
  await user.type(field(), "c");
  await user.keyboard("{Enter}");
  await user.clear(field());
  await user.click(screen.getByRole("option", { name: "apple" }));
  expect(onChoose.mock.calls).toEqual([["cherry"], ["apple"]]);
});

test("a group's heading isn't part of an option", async () => {
  const { user } = render(<Page kind="palette" />);
  await user.click(field());
  await loaded();
  expect(screen.getAllByRole("option").map((one) => one.textContent)).toEqual([
    "apple",
    "banana",
    "cherry",
  ]);
  expect(screen.getByRole("group", { name: "Sour" }).textContent).toContain("cherry");
});

test("an Enter that ends an input method's composition chooses nothing", async () => {
  const onChoose = vi.fn();
  const { user } = render(<Page kind="palette" onChoose={onChoose} />);
  await user.click(field());
  await loaded();
  fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
  fireEvent.keyDown(field(), { key: "Enter", keyCode: 229 });
  expect(onChoose).not.toHaveBeenCalled();
});

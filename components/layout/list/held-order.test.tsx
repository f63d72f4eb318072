// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { render } from "@/testing/render";
import { keepOrder, useHeldOrder } from "./held-order";

test("rows that are shown keep their places while new ones come last", () => {
  const keep = (rows: string, shown: string) =>
    keepOrder([...rows], [...shown], (row) => row).join("");
  expect(keep("nba", "abx")).toBe("abn");
  expect(keep("nba", "")).toBe("nba");
});

function List({ rows }: { rows: string }) {
  const held = useHeldOrder([...rows], (row) => row);
  return (
    <>
      <ul aria-label="rows" {...held.over}>
        {held.rows.map((row) => (
          <li key={row}>{row}</li>
        ))}
      </ul>
      <button type="button" onClick={held.release}>
        Sort
      </button>
    </>
  );
}

test("rows move only while the pointer is elsewhere, or when another order is chosen", async () => {
  const { user, rerender } = render(<List rows="abc" />);
  const list = screen.getByRole("list", { name: "rows" });
  await user.hover(list);
  rerender(<List rows="cnab" />);
  expect(list.textContent).toBe("abcn");
  rerender(<List rows="bcna" />);
  expect(list.textContent).toBe("abcn");
  await user.unhover(list);
  expect(list.textContent).toBe("bcna");
  await user.hover(list);
  rerender(<List rows="acnb" />);
  expect(list.textContent).toBe("bcna");
  await user.click(screen.getByRole("button", { name: "Sort" }));
  expect(list.textContent).toBe("acnb");
});

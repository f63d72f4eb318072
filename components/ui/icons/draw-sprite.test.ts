import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { drawSprite } from "./draw-sprite";
import { ICON_NAMES } from "./icon-names";

test("the sprite contains every named icon and is up to date", async () => {
  const sprite = await readFile(new URL("./icons.svg", import.meta.url), "utf8");
  for (const name of ICON_NAMES) expect(sprite).toContain(`<symbol id="${name}" `);
  expect(sprite).toBe(await drawSprite());
});

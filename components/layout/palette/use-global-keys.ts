"use client";
"use no memo";
import { useLayoutEffect, useRef } from "react";
import { moveRowFocus, PATIENCE_MS } from "@/components/ui/data/move-row-focus";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { usePagePath, usePageRouter } from "@/components/ui/text/prefix";
import { SECTIONS } from "../frame/sections";
import { useRefresh } from "../live/use-refresh";

/** Global keys: `g` and a letter open a section, `j` and `k` move between rows, `r` refreshes. */
export function useGlobalKeys(): void {
  const router = usePageRouter();
  const pathname = usePagePath();
  const refresh = useRefresh();
  // Until the page opened with `g` arrives, `j` and `k` must not move in the old page.
  const openedAt = useRef(Number.NEGATIVE_INFINITY);
  // biome-ignore lint/correctness/useExhaustiveDependencies: any other page ends the wait
  useLayoutEffect(() => {
    openedAt.current = Number.NEGATIVE_INFINITY;
  }, [pathname]);
  const isReady = () => performance.now() - openedAt.current > PATIENCE_MS;
  const move = (step: 1 | -1) => moveRowFocus(document.getElementById("main"), step, isReady);
  function open(href: string) {
    if (href !== pathname) openedAt.current = performance.now();
    router.push(href);
  }
  useHotkeys({
    ...Object.fromEntries(SECTIONS.map(({ key, href }) => [`g ${key}`, () => open(href)])),
    j: () => move(1),
    k: () => move(-1),
    r: refresh,
  });
}

"use client";
import { useRouter } from "next/navigation";
import { moveRowFocus } from "@/components/ui/data/move-row-focus";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { SECTIONS } from "../frame/sections";
import { useRefresh } from "../live/use-refresh";

/** Keys of every page: `g` and a letter open a section, `j` and `k` move between rows, `r` refreshes. */
export function useGlobalKeys(): void {
  const router = useRouter();
  const refresh = useRefresh();
  const main = () => document.getElementById("main");
  useHotkeys({
    ...Object.fromEntries(SECTIONS.map(({ key, href }) => [`g ${key}`, () => router.push(href)])),
    j: () => moveRowFocus(main(), 1),
    k: () => moveRowFocus(main(), -1),
    r: refresh,
  });
}

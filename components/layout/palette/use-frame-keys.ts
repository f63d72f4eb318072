"use client";
import { useRouter } from "next/navigation";
import { moveRowFocus } from "@/components/ui/data/move-row-focus";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { ROOMS } from "../frame/sections";
import { useReadAgain } from "../live/use-read-again";

/** Keys of every page: `g` and a letter go to a room, `j` and `k` move among the page's rows, `r` reads it again. */
export function useFrameKeys(): void {
  const router = useRouter();
  const readAgain = useReadAgain();
  const main = () => document.getElementById("main");
  useHotkeys({
    ...Object.fromEntries(ROOMS.map(({ key, href }) => [`g ${key}`, () => router.push(href)])),
    j: () => moveRowFocus(main(), 1),
    k: () => moveRowFocus(main(), -1),
    r: readAgain,
  });
}

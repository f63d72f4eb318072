"use client";
import { useRouter } from "next/navigation";
import { useHotkeys } from "@/components/ui/hotkeys";
import { moveRowFocus } from "@/components/ui/move-row-focus";
import { ROOMS } from "./rooms";
import { useReadAgain } from "./use-read-again";

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

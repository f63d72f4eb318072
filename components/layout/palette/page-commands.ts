"use client";
import { useEffect, useRef } from "react";
import type { IconName } from "@/components/ui/icons/icon-names";

/** An action on the subject of the page. */
export type PageCommand = { label: string; note?: string; icon: IconName; run: () => void };

const sources = new Set<() => readonly PageCommand[]>();

/** Lists these commands in the palette while the component is mounted. */
export function usePageCommands(commands: readonly PageCommand[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const source = () => latest.current;
    sources.add(source);
    return () => {
      sources.delete(source);
    };
  }, []);
}

/** The commands of the mounted components. */
export function listPageCommands(): PageCommand[] {
  return [...sources].flatMap((source) => source());
}

"use client";
import { useEffect, useRef } from "react";
import type { IconName } from "@/components/ui/icons/icon-names";

/** Something that can be done with what the page is about. */
export type Deed = { label: string; note?: string; icon: IconName; run: () => void };

const places = new Set<() => readonly Deed[]>();

/** Offers these deeds in the palette for as long as the component is mounted. */
export function usePageCommands(deeds: readonly Deed[]): void {
  const latest = useRef(deeds);
  useEffect(() => {
    latest.current = deeds;
  });
  useEffect(() => {
    const place = () => latest.current;
    places.add(place);
    return () => {
      places.delete(place);
    };
  }, []);
}

/** What can be done on this page now. */
export function listPageCommands(): Deed[] {
  return [...places].flatMap((place) => place());
}

"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useEffectEvent, useState } from "react";
import { readZone } from "./preferences";

const PARAMETER = "tz";
const DEFAULT = "UTC";

/**
 * The time zone of this tab: the address's, else the one it had before, else what the reader prefers. Every address gets
 * it, so that a copied one shows somebody else the same; only UTC goes without saying, to those who prefer it, too.
 */
export function useZoneInAddress(preferred: string): [string, (zone: string) => void] {
  const pathname = usePathname();
  const search = useSearchParams();
  const said = readZone(search.get(PARAMETER));
  const [heard, hear] = useState(said);
  const [zone, setZone] = useState(said ?? preferred);
  if (said !== heard) {
    hear(said);
    if (said) setZone(said);
  }
  const told = zone === DEFAULT && preferred === DEFAULT ? null : zone;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new address is looked at
  useEffect(() => {
    const fits = told === null ? said === null || said === DEFAULT : said === told;
    if (!fits) history.replaceState(null, "", withZone(location.href, told));
  }, [told, said, pathname, search]);

  // In another tab, or as a copied address, a link goes as it is written.
  const takeAlong = useEffectEvent(({ target }: Event) => {
    const link = target instanceof Element && target.closest("a");
    if (!link || link.host !== location.host || link.pathname.startsWith("/api/")) return;
    link.href = withZone(link.href, told);
  });
  useEffect(() => {
    const listen = (event: Event) => takeAlong(event);
    for (const kind of KINDS) document.addEventListener(kind, listen, true);
    return () => {
      for (const kind of KINDS) document.removeEventListener(kind, listen, true);
    };
  }, []);
  return [zone, setZone];
}

const KINDS = ["pointerdown", "keydown"];

function withZone(address: string, zone: string | null): string {
  const url = new URL(address);
  const rest = url.search.slice(1).split("&");
  const kept = rest.filter((pair) => pair && !pair.startsWith(`${PARAMETER}=`));
  if (zone !== null) kept.push(`${PARAMETER}=${encodeURIComponent(zone).replaceAll("%2F", "/")}`);
  url.search = kept.join("&");
  return url.href;
}

"use client";
"use no memo";
import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useEffectEvent, useState } from "react";
import { withDatabase } from "@/lib/base-path";
import { parseZone } from "./preferences";

const PARAMETER = "tz";
const DEFAULT = "UTC";

/**
 * The tab's time zone: from the URL, else the tab's last one, else the preferred one. It is written to every URL, so
 * that a copied link shows the same times to others. UTC is omitted for users who prefer UTC.
 */
export function useZoneInUrl(preferred: string): [string, (zone: string) => void] {
  const pathname = usePathname();
  const search = useSearchParams();
  const inUrl = parseZone(search.get(PARAMETER));
  const [lastInUrl, setLastInUrl] = useState(inUrl);
  const [zone, setZone] = useState(inUrl ?? preferred);
  if (inUrl !== lastInUrl) {
    setLastInUrl(inUrl);
    if (inUrl) setZone(inUrl);
  }
  const wanted = zone === DEFAULT && preferred === DEFAULT ? null : zone;
  // biome-ignore lint/correctness/useExhaustiveDependencies: checks every new address
  useEffect(() => {
    const fits = wanted === null ? inUrl === null || inUrl === DEFAULT : inUrl === wanted;
    if (!fits) history.replaceState(null, "", withZone(location.href, wanted));
  }, [wanted, inUrl, pathname, search]);

  // Opening in a new tab and copying use the link's href, so the zone is added to it beforehand.
  const addToLink = useEffectEvent(({ target }: Event) => {
    const link = target instanceof Element && target.closest("a");
    if (!link || link.host !== location.host || link.pathname.startsWith(withDatabase("/api/")))
      return;
    link.href = withZone(link.href, wanted);
  });
  useEffect(() => {
    const listen = (event: Event) => addToLink(event);
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

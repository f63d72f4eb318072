"use client";
import { formatInstant, formatRelative } from "@/lib/format";
import { Instant } from "./age";
import { useClock } from "./clock";
import { useZone } from "./zone";

/** How long ago, or in how long, an instant is; the exact one on hover. */
export function RelativeTime({ iso }: { iso: string }) {
  const text = useClock((now) => formatRelative(Date.parse(iso) - now));
  return <Instant iso={iso} text={text} />;
}

/** The instant itself in the reader's zone, to the millisecond, or to the minute where it begins one. */
export function AbsoluteTime({ iso, toMinute = false }: { iso: string; toMinute?: boolean }) {
  const zone = useZone();
  return (
    <time dateTime={iso} title={iso} className="whitespace-nowrap">
      {formatInstant(iso, zone).slice(0, toMinute ? 16 : undefined)}
    </time>
  );
}

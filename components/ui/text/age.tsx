"use client";
import { formatInstant, formatShortAge } from "@/lib/format";
import { useClock } from "./clock";
import { useZone } from "./zone";

/** An age in one unit, for columns. */
export function Age({ iso }: { iso: string }) {
  const text = useClock((now) => formatShortAge(now - Date.parse(iso)));
  return <Instant iso={iso} text={text} />;
}

/** Words for an instant; the exact one on hover. */
export function Instant({ iso, text }: { iso: string; text: string }) {
  const zone = useZone();
  return (
    <time
      dateTime={iso}
      title={`${formatInstant(iso, zone)} ${zone}`}
      className="whitespace-nowrap"
    >
      {text}
    </time>
  );
}

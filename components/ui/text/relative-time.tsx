"use client";
import { formatInstant, formatRelative, formatShortAge } from "@/lib/format";
import { useClock } from "./clock";
import { useZone } from "./zone";

/** `2 min 5 s ago` or `in 3 s`, with the exact instant on hover. */
export function RelativeTime({ iso }: { iso: string }) {
  const text = useClock((now) => formatRelative(Date.parse(iso) - now));
  return <Instant iso={iso} text={text} />;
}

/** The instant in the chosen zone, to the millisecond or to the minute. */
export function AbsoluteTime({ iso, toMinute = false }: { iso: string; toMinute?: boolean }) {
  const zone = useZone();
  return (
    <time dateTime={iso} title={iso} className="whitespace-nowrap">
      {formatInstant(iso, zone).slice(0, toMinute ? 16 : undefined)}
    </time>
  );
}

/** An age in one unit, for columns, with the exact instant on hover. */
export function Age({ iso }: { iso: string }) {
  const text = useClock((now) => formatShortAge(now - Date.parse(iso)));
  return <Instant iso={iso} text={text} />;
}

function Instant({ iso, text }: { iso: string; text: string }) {
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

"use client";
"use no memo";
import { formatInstant, formatMinute, formatRelative, formatShortAge } from "@/lib/format";
import { toMs } from "@/lib/model/instants";
import { useClock } from "./clock";
import { useZone } from "./zone";

/** `2 min 5 s ago` or `in 3 s`, with the exact instant in the tooltip. */
export function RelativeTime({ iso }: { iso: string }) {
  const text = useClock((now) => formatRelative(toMs(iso) - now));
  return <Instant iso={iso} text={text} />;
}

/** The instant in the chosen zone, to the millisecond or minute. */
export function AbsoluteTime({ iso, toMinute = false }: { iso: string; toMinute?: boolean }) {
  const zone = useZone();
  return (
    <time dateTime={iso} data-tip={iso} className="whitespace-nowrap">
      {toMinute ? formatMinute(iso, zone) : formatInstant(iso, zone)}
    </time>
  );
}

/** An age in one unit, for columns, with the exact instant in the tooltip. */
export function Age({ iso }: { iso: string }) {
  const text = useClock((now) => formatShortAge(now - toMs(iso)));
  return <Instant iso={iso} text={text} />;
}

function Instant({ iso, text }: { iso: string; text: string }) {
  const zone = useZone();
  return (
    <time
      dateTime={iso}
      data-tip={`${formatInstant(iso, zone)} ${zone}`}
      className="whitespace-nowrap"
    >
      {text}
    </time>
  );
}

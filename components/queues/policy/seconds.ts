import { formatDuration } from "@/lib/format";

/** The units in which people say how long something is kept. */
export const UNITS = { minutes: 60, hours: 3_600, days: 86_400 } as const;
export type Unit = keyof typeof UNITS;

/** The largest unit that a length has a whole number of; minutes where none has. */
export function toUnit(seconds: number): { amount: number; unit: Unit } {
  const unit =
    (["days", "hours"] as const).find((one) => seconds > 0 && seconds % UNITS[one] === 0) ??
    (seconds === 0 ? "days" : "minutes");
  return { amount: seconds / UNITS[unit], unit };
}

/** `30 days`, `1 hour`, `none`; what is no whole number of minutes in two units. */
export function formatLength(seconds: number): string {
  if (seconds === 0) return "none";
  const { amount, unit } = toUnit(seconds);
  if (!Number.isInteger(amount)) return formatDuration(seconds * 1_000);
  return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
}

import { formatDuration } from "@/lib/format";

/** Units of a retention period, in seconds. */
export const UNITS = { minutes: 60, hours: 3_600, days: 86_400 } as const;
export type Unit = keyof typeof UNITS;

/** Converts a period to the largest unit that divides it, or to minutes. */
export function toPeriod(seconds: number): { amount: number; unit: Unit } {
  const unit =
    (["days", "hours"] as const).find((one) => seconds > 0 && seconds % UNITS[one] === 0) ??
    (seconds === 0 ? "days" : "minutes");
  return { amount: seconds / UNITS[unit], unit };
}

/** `30 days`, `1 hour`, `none`; two units if the period isn't a whole number of minutes. */
export function formatPeriod(seconds: number): string {
  if (seconds === 0) return "none";
  const { amount, unit } = toPeriod(seconds);
  if (!Number.isInteger(amount)) return formatDuration(seconds * 1_000);
  return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
}

import * as z from "zod";
import { isUuid } from "@/lib/model/ids";
import { type Iso, LAST_MILLISECOND, toMs } from "@/lib/model/instants";

export const queueName = z.string("is missing").min(1, "is empty").max(57, "is too long");
export const uuid = z.string("is missing").refine(isUuid, "is not a UUID").toLowerCase();
export const eventName = z.string("is missing").min(1, "is empty").max(10_000, "is too long");
export const reason = z.string("is not text").trim().max(500, "is too long").optional();
export const extraAttempts = z
  .int("is not a whole number")
  .min(1, "is below 1")
  .max(1_000, "is above 1000");
export const seconds = z.number("is not a number").min(0, "is negative").max(1e9, "is too large");
export const wholeSeconds = seconds.int("is not a whole number");
/** An instant of the database as pages hold it, including infinities and six-digit years. */
export const instant = z
  .string("is missing")
  .regex(
    /^(-?infinity|(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))$/,
    "is not a time",
  )
  .refine((text) => !Number.isNaN(toMs(text)), "is not a time");
/** Parsing a longer text would keep other requests waiting. */
export const jsonText = z.string("is missing").max(1_000_000, "has more than 1,000,000 characters");

/** An instant clamped to the range of `Date`, which the client layer uses. */
export function clampToDate(at: Iso): Date {
  return new Date(Math.min(Math.max(toMs(at), -LAST_MILLISECOND), LAST_MILLISECOND));
}

import { getTenants } from "@/lib/db/tenants";
import { ProblemError } from "@/lib/model/problem";

/** Says that a queue is not registered. */
export function queueNotFound(queue: string): ProblemError {
  return new ProblemError({
    code: "queue_not_found",
    message: `Queue "${queue}" not found.`,
    hint: "It may have been dropped.",
  });
}

/** Says that the database has no `absurd` schema. */
export function noSchema(options?: ErrorOptions): ProblemError {
  return new ProblemError(
    {
      code: "no_schema",
      message: "This database has no absurd schema.",
      hint: "Check DATABASE_URL, or install one with `npm run db:migrate -- --engine`.",
    },
    options,
  );
}

/**
 * Keeps data of all tenants out of a dashboard that is restricted to some.
 *
 * @throws ProblemError `forbidden`
 */
export function refuseRestricted(what: string): void {
  if (getTenants() === null) return;
  throw new ProblemError({
    code: "forbidden",
    message: `${what} concerns all tenants, and this dashboard is restricted to some.`,
  });
}

import * as z from "zod";
import { DATABASE_COLOURS, DATABASE_NAME, type DatabaseLabel } from "@/lib/model/database";
import { ConnectionStringError, parseConnectionString } from "./connection/connection-string";

/** One of the databases that this process serves. */
export type DatabaseSettings = DatabaseLabel & {
  url: string;
  /** The connection string for queries; defaults to `url`. */
  readUrl: string | undefined;
  /** The tenants to which it is restricted; `null`: unrestricted. */
  tenants: readonly string[] | null;
};

/** A usable connection string. */
export const connectionString = z.string().superRefine((value, context) => {
  try {
    parseConnectionString(value);
  } catch (error) {
    if (!(error instanceof ConnectionStringError)) throw error;
    context.addIssue(error.message);
  }
});

const entry = z.strictObject({
  name: z
    .string("is missing")
    .regex(DATABASE_NAME, "is not a name; use lower-case letters, digits and hyphens")
    .refine((name) => name !== "default", "is reserved"),
  url: z.string("is missing").pipe(connectionString),
  read_url: connectionString.optional(),
  label: z
    .string("is not a text")
    .trim()
    .min(1, "is empty")
    .max(40, "is longer than 40 characters")
    .optional(),
  colour: z.enum(DATABASE_COLOURS, `is not one of ${DATABASE_COLOURS.join(", ")}`).optional(),
  tenants: z
    .array(z.string().trim().min(1, "has an empty name"), "is not a list")
    .min(1, "names no tenant; remove it to show all of them")
    .optional(),
});

const EXAMPLE = `[{"name":"eu","url":"postgresql://…"},{"name":"us","url":"postgresql://…"}]`;

/**
 * `DATABASES`: a JSON list of databases. Its messages name the entry and the member, never a value other than a name.
 */
export const databases = z.string().transform((text, context): DatabaseSettings[] => {
  const issue = (message: string) => {
    context.addIssue(message);
    return z.NEVER;
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return issue(`is not JSON; write ${EXAMPLE}`);
  }
  if (!Array.isArray(json) || json.length === 0)
    return issue(`is not a list of databases; write ${EXAMPLE}`);
  const list: DatabaseSettings[] = [];
  for (const [place, given] of json.entries()) {
    const parsed = entry.safeParse(given);
    if (!parsed.success) return issue(describeIssue(parsed.error, place, given));
    const { name, url, read_url: readUrl, label = name, colour = "grey", tenants } = parsed.data;
    if (list.some((other) => other.name === name)) return issue(`names "${name}" twice`);
    list.push({ name, label, colour, url, readUrl, tenants: tenants ?? null });
  }
  return list;
});

function describeIssue(error: z.ZodError, place: number, given: unknown): string {
  const [issue] = error.issues;
  const name =
    typeof given === "object" && given !== null && "name" in given ? `"${given.name}"` : null;
  const where = `entry ${place + 1}${name ? `, ${name}` : ""}`;
  if (issue?.code === "unrecognized_keys")
    return `has a member that is not known, "${issue.keys[0]}" (${where}); the members are ${Object.keys(entry.shape).join(", ")}`;
  if (!issue || issue.path.length === 0)
    return `has an entry that is not an object (${where}); write ${EXAMPLE}`;
  return `cannot be used: ${String(issue.path[0])} ${issue.message} (${where})`;
}

"use server";

import * as z from "zod";
import { createApiToken, findTokenGrants, revokeApiToken } from "@/lib/identity/api-token";
import { covers, EVERYWHERE, manages, whyDenied } from "@/lib/identity/identity";
import { hasIdentityTables } from "@/lib/identity/identity-tables";
import { getSwitches } from "@/lib/identity/require";
import { endSession, endSessions, findSessionOwner, listSessions } from "@/lib/identity/session";
import { type Grant, MAX_TOKEN_DAYS, ROLES } from "@/lib/model/access";
import { ProblemError } from "@/lib/model/problem";
import { defineAction } from "./define-action";
import { uuid } from "./internal/inputs";
import { guards } from "./tenant-guards";

const patterns = z.array(z.string().trim().min(1, "is empty").max(100, "is too long")).max(50);

/**
 * Creates an API token for a program. One of the creator's grants must cover the token's grant, so that nobody
 * gives more than they have. The token is returned in the result and stored nowhere.
 */
export const createTokenAction = defineAction({
  name: "create token",
  permission: "manage access",
  input: z.object({
    name: z.string("is missing").trim().min(1, "is empty").max(100, "is too long"),
    role: z.enum(ROLES, "is not a role"),
    /** `null`: all. */
    queues: patterns.nullable(),
    tenants: patterns.nullable(),
    /** Absent: all. */
    databases: patterns.optional(),
    payloads: z.boolean(),
    days: z
      .int("is not a whole number")
      .min(1, "is below 1")
      .max(MAX_TOKEN_DAYS, `is above ${MAX_TOKEN_DAYS}`),
  }),
  guard: guards.noTasks,
  where: "home",
  isSecret: true,
  run: async ({ name, days, ...limits }, { db, operator, identity }) => {
    await requireTables();
    const grant: Grant = limits;
    if (!covers(identity, grant, "manage access"))
      throw new ProblemError({
        code: "forbidden",
        message: "The token would be allowed more than you are.",
        hint: "Limit it to queues and tenants that you administer yourself.",
      });
    return createApiToken(db, { name, grants: [grant], days, createdBy: operator });
  },
});

/**
 * Revokes an API token. Refused as `already_ended` if it was already revoked, or if the caller does not manage it.
 */
export const revokeTokenAction = defineAction({
  name: "revoke token",
  permission: "manage access",
  input: z.object({ tokenId: z.string("is missing").max(100, "is too long") }),
  guard: guards.noTasks,
  where: "home",
  run: async ({ tokenId }, { db, operator, identity }) => {
    await requireTables();
    const grants = await findTokenGrants(db, tokenId);
    if (!grants || !manages(identity, grants) || !(await revokeApiToken(db, tokenId, operator)))
      throw new ProblemError({
        code: "already_ended",
        message: "The token was already revoked, or does not exist.",
      });
    return { tokenId };
  },
});

/**
 * Ends a session: the caller's own, or with `manage access` one of a person whom the caller manages. Refused as
 * `already_ended` if it has ended, or is another person's.
 */
export const revokeSessionAction = defineAction({
  name: "revoke session",
  permission: "view",
  input: z.object({ sessionId: uuid }),
  guard: guards.noTasks,
  where: "home",
  run: async ({ sessionId }, { db, operator, identity }) => {
    await requireTables();
    const owner = await findSessionOwner(db, sessionId);
    const isOwn = owner?.door === identity.door && owner.subject === identity.subject;
    const denied = isOwn ? null : whyDenied(identity, "manage access", getSwitches());
    if (denied !== null) throw new ProblemError({ code: "forbidden", message: denied });
    const isReached = isOwn || (owner !== undefined && manages(identity, owner.grants));
    if (!isReached || !(await endSession(sessionId, `revoked by ${operator}`, db)))
      throw new ProblemError({
        code: "already_ended",
        message: "The session has already ended, or does not exist.",
      });
    return { sessionId };
  },
});

/**
 * Ends all sessions but the calling one: the caller's own, or with `all` and `manage access` those of everyone
 * whom the caller manages.
 */
export const revokeSessionsAction = defineAction({
  name: "revoke sessions",
  permission: "view",
  input: z.object({ all: z.boolean() }),
  guard: guards.noTasks,
  where: "home",
  run: async ({ all }, { db, operator, identity }) => {
    await requireTables();
    const denied = all ? whyDenied(identity, "manage access", getSwitches()) : null;
    if (denied !== null) throw new ProblemError({ code: "forbidden", message: denied });
    const { door, subject, sessionId: except } = identity;
    const reason = `revoked by ${operator}`;
    if (!all) return { ended: await endSessions({ door, subject, except }, reason, db) };
    if (manages(identity, [{ role: "admin", ...EVERYWHERE }]))
      return { ended: await endSessions({ except }, reason, db) };
    let ended = 0;
    for (const { sessionId, ...session } of await listSessions())
      if (sessionId !== except && manages(identity, session.grants))
        ended += Number(await endSession(sessionId, reason, db));
    return { ended };
  },
});

async function requireTables(): Promise<void> {
  if (!(await hasIdentityTables()))
    throw new ProblemError({
      code: "not_installed",
      message:
        "Sessions and tokens need the dashboard's own tables, which are not installed in this database.",
      hint: "Install them with `npm run db:migrate`.",
    });
}

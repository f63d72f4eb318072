import type { Queryable } from "@/lib/absurd/connection/queryable";
import { recordAudit } from "@/lib/audit/record";
import { parseConnectionString } from "@/lib/db/connection/connection-string";
import { getHomeDatabase } from "@/lib/db/databases";
import { getEnvironment } from "@/lib/db/env";
import { runAs, UNRESTRICTED } from "@/lib/db/viewer";
import { createApiToken, listApiTokens, revokeApiToken } from "@/lib/identity/api-token";
import { hasIdentityTables } from "@/lib/identity/identity-tables";
import type { Grant, Role } from "@/lib/model/access";
import { findDatabaseProblem } from "@/lib/model/sqlstate";
import { createCommandPool } from "./command-pool";

export type NewToken = {
  role: Role;
  queues?: string[];
  tenants?: string[];
  databases?: string[];
  payloads: boolean;
  days: number;
};

/** `absurd-dashboard token create`: prints a new token, once. @returns the exit code */
export function createToken(name: string, { days, ...grant }: NewToken): Promise<number> {
  return withTables(async (db, operator) => {
    const { role, payloads, queues = null, tenants = null, databases } = grant;
    const grants: Grant[] = [{ role, payloads, queues, tenants, ...(databases && { databases }) }];
    const { tokenId, token, expiresAt } = await createApiToken(db, {
      name,
      grants,
      days,
      createdBy: operator,
    });
    await recordAudit(db, {
      operator,
      action: "create token",
      input: { tokenId, name, grants, days },
      outcome: "done",
    });
    console.error(`Token ${tokenId}, valid until ${expiresAt}. This is the only time it is shown:`);
    console.log(token);
    return 0;
  });
}

/** `absurd-dashboard token list`. @returns the exit code */
export function listTokens(): Promise<number> {
  return withTables(async (db) => {
    for (const token of await listApiTokens(db)) {
      const state = token.revokedAt ? "revoked" : token.isExpired ? "expired" : "valid";
      const roles = token.grants.map(({ role }) => role).join(", ");
      const used = token.lastUsedAt ? `last used ${token.lastUsedAt}` : "never used";
      console.log(
        `${token.tokenId}  ${state}  ${roles}  until ${token.expiresAt}  ${used}  ${token.name}`,
      );
    }
    return 0;
  });
}

/** `absurd-dashboard token revoke`. @returns the exit code: 1 for a token that is unknown or already revoked. */
export function revokeToken(tokenId: string): Promise<number> {
  return withTables(async (db, operator) => {
    const wasValid = await revokeApiToken(db, tokenId, operator);
    if (!wasValid) {
      console.error(`There is no token ${tokenId} that could be revoked.`);
      return 1;
    }
    await recordAudit(db, {
      operator,
      action: "revoke token",
      input: { tokenId },
      outcome: "done",
    });
    console.log(`Token ${tokenId} is revoked. Servers notice within five seconds.`);
    return 0;
  });
}

const LIMITS = { statementTimeout: 15_000, lockTimeout: 5_000 };

async function withTables(
  work: (db: Queryable, operator: string) => Promise<number>,
): Promise<number> {
  const { DASHBOARD_OPERATOR } = getEnvironment();
  const pool = createCommandPool("token", parseConnectionString(getHomeDatabase().url), LIMITS);
  try {
    return await runAs(UNRESTRICTED, async () => {
      if (await hasIdentityTables(pool)) return work(pool, DASHBOARD_OPERATOR);
      console.error(
        "Tokens need the dashboard's own tables. Install them: absurd-dashboard migrate",
      );
      return 1;
    });
  } catch (error) {
    const problem = findDatabaseProblem(error, "write");
    if (!problem) throw error;
    console.error([problem.message, problem.hint].filter(Boolean).join(" "));
    return 1;
  } finally {
    await pool.end();
  }
}

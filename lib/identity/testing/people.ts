import type { Grant } from "@/lib/model/access";
import { EVERYWHERE, type Identity } from "../identity";
import { sessionCookie, signSession } from "../session-cookie";

/** A person with these grants, without a session in the database. */
export function person(
  name: string,
  ...grants: (Partial<Grant> & Pick<Grant, "role">)[]
): Identity {
  return {
    ...{ subject: name, name, door: "oidc", reasons: [], sessionId: null },
    grants: grants.map((grant) => ({ ...EVERYWHERE, ...grant })),
  };
}

/** Headers of a request by this person, who was active a moment ago. */
export async function headersOf(identity: Identity): Promise<Record<string, string>> {
  const now = Math.floor(Date.now() / 1_000);
  const session = await signSession({ identity, startedAt: now, activeAt: now });
  return { cookie: `a=b; ${sessionCookie(new Headers()).name}=${session}; c=d` };
}

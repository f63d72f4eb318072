import { expect, test, vi } from "vitest";
import { startSession } from "@/lib/identity/session";
import { sessionCookie } from "@/lib/identity/session-cookie";
import { person } from "@/lib/identity/testing/people";
import { openTestDatabase } from "@/testing/dashboard-database";
import { POST } from "./route";

const database = openTestDatabase({ settings: { DASHBOARD_TOKEN: "a-token-of-24-characters" } });
for (const level of ["info", "warn"] as const) vi.spyOn(console, level).mockReturnValue();

const cookieName = () => sessionCookie(new Headers()).name;
const signOut = (cookie: string) =>
  POST(new Request("http://localhost/sign-out", { method: "POST", headers: { cookie } }));

test("a sign-out ends the session, clears its cookie, and is recorded once", async () => {
  const session = await startSession(person("ada", { role: "viewer" }), {
    ...{ address: null, userAgent: null },
  });
  const response = await signOut(`${cookieName()}=${session}`);
  expect(await response.json()).toEqual({ to: "/sign-in" });
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(new RegExp(`^${cookieName()}=; .*Max-Age=0.*HttpOnly`)),
  ]);
  const { rows } = await database.pool.query(
    `select end_reason, (select count(*)::int from absurd_dashboard.audit_entry where action = 'sign out') as recorded
       from absurd_dashboard.session`,
  );
  expect(rows).toEqual([{ end_reason: "signed out", recorded: 1 }]);
});

test("without a session, a sign-out leads to the sign-in page", async () => {
  expect(await (await signOut("")).json()).toEqual({ to: "/sign-in" });
  expect(await (await signOut(`${cookieName()}=x.y.z`)).json()).toEqual({ to: "/sign-in" });
});

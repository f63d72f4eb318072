import { SignJWT } from "jose";
import { beforeAll, expect, test } from "vitest";
import type { Role } from "@/lib/model/access";
import { EVERYWHERE, type Identity } from "./identity";
import { withPermission } from "./require";
import { createSession, SESSION_COOKIE, verifySession } from "./session";
import { signIn } from "./sign-in";

const TOKEN = "a-token-of-24-characters";

beforeAll(() => {
  Object.assign(process.env, {
    DATABASE_URL: "postgresql://localhost/x",
    DASHBOARD_TOKEN: TOKEN,
    DASHBOARD_OPERATOR: "ada",
  });
});

const person = (name: string, role: Role): Identity => ({
  ...{ subject: name, name, door: "token", reasons: [], sessionId: null },
  grants: [{ role, ...EVERYWHERE }],
});

const withCookie = (session: string) =>
  new Request("http://localhost/", {
    headers: { cookie: `a=b; ${SESSION_COOKIE}=${session}; c=d` },
  });

test("the token is exchanged for a session that names the operator", async () => {
  const result = await signIn(TOKEN, "10.0.0.1");
  if (result.outcome !== "signed_in") throw new Error(result.outcome);
  const identity = await withPermission(
    "cancel task",
    withCookie(result.session),
    (identity) => identity,
  );
  expect(identity).toMatchObject({ name: "ada", door: "token", grants: [{ role: "admin" }] });
});

test("requests without a session, or with a foreign one, are refused", async () => {
  const good = await createSession(person("ada", "viewer"), TOKEN);
  const [header, , signature] = good.split(".");
  const forged = Buffer.from('{"sub":"eve","roles":["operator"],"exp":9999999999}').toString(
    "base64url",
  );
  const bad = [
    "",
    "x",
    `${header}.${forged}.${signature}`,
    `${Buffer.from('{"alg":"none"}').toString("base64url")}.${forged}.`,
    await createSession(person("eve", "admin"), "another-token-24-characters"),
  ];
  for (const session of bad)
    await expect(withPermission("view", withCookie(session), () => 1)).rejects.toMatchObject({
      code: "unauthenticated",
    });
  await expect(
    withPermission("view", new Request("http://localhost/"), () => 1),
  ).rejects.toMatchObject({
    code: "unauthenticated",
  });
});

test("a session expires", async () => {
  const { createHash } = await import("node:crypto");
  const key = createHash("sha256").update(`absurd-dashboard session\0${TOKEN}`).digest();
  const make = (exp: number) =>
    new SignJWT({ name: "ada", door: "token", grants: [], reasons: [] })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject("ada")
      .setExpirationTime(exp)
      .sign(key);
  const now = Math.floor(Date.now() / 1_000);
  expect(await verifySession(await make(now + 60), TOKEN)).toMatchObject({ name: "ada" });
  expect(await verifySession(await make(now - 60), TOKEN)).toBeNull();
});

test("a viewer may not act", async () => {
  const session = await createSession(person("bob", "viewer"), TOKEN);
  expect(await withPermission("view", withCookie(session), ({ name }) => name)).toBe("bob");
  await expect(withPermission("cancel task", withCookie(session), () => 1)).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("wrong tokens are limited by address, and then the right one is refused too", async () => {
  for (let n = 0; n < 5; n++)
    expect(await signIn(`${TOKEN}x`, "10.0.0.2")).toEqual({ outcome: "wrong_token" });
  expect(await signIn(TOKEN, "10.0.0.2")).toMatchObject({ outcome: "too_many_attempts" });
  expect(await signIn(TOKEN, "10.0.0.3")).toMatchObject({ outcome: "signed_in" });
});

test("forged addresses do not bypass the total limit", async () => {
  for (let n = 0; n < 60; n++) await signIn("guess", `10.1.0.${n}`);
  expect(await signIn(TOKEN, "10.2.0.1")).toMatchObject({ outcome: "too_many_attempts" });
});

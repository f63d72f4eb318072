import { SignJWT } from "jose";
import { beforeAll, expect, test } from "vitest";
import { requirePermission } from "./require";
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

const withCookie = (session: string) =>
  new Request("http://localhost/", {
    headers: { cookie: `a=b; ${SESSION_COOKIE}=${session}; c=d` },
  });

test("the token is exchanged for a session that names the operator", async () => {
  const result = await signIn(TOKEN, "10.0.0.1");
  if (result.outcome !== "signed_in") throw new Error(result.outcome);
  const identity = await requirePermission("cancel task", withCookie(result.session));
  expect(identity).toEqual({ name: "ada", roles: ["viewer", "operator"] });
});

test("requests without a session, or with a foreign one, are refused", async () => {
  const good = await createSession({ name: "ada", roles: ["viewer"] }, TOKEN);
  const [header, , signature] = good.split(".");
  const forged = Buffer.from('{"sub":"eve","roles":["operator"],"exp":9999999999}').toString(
    "base64url",
  );
  const bad = [
    "",
    "x",
    `${header}.${forged}.${signature}`,
    `${Buffer.from('{"alg":"none"}').toString("base64url")}.${forged}.`,
    await createSession({ name: "eve", roles: ["operator"] }, "another-token-24-characters"),
  ];
  for (const session of bad)
    await expect(requirePermission("view", withCookie(session))).rejects.toMatchObject({
      code: "unauthenticated",
    });
  await expect(requirePermission("view", new Request("http://localhost/"))).rejects.toMatchObject({
    code: "unauthenticated",
  });
});

test("a session expires", async () => {
  const { createHash } = await import("node:crypto");
  const key = createHash("sha256").update(`absurd-dashboard session\0${TOKEN}`).digest();
  const make = (exp: number) =>
    new SignJWT({ roles: ["viewer"] })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject("ada")
      .setExpirationTime(exp)
      .sign(key);
  const now = Math.floor(Date.now() / 1_000);
  expect(await verifySession(await make(now + 60), TOKEN)).toMatchObject({ name: "ada" });
  expect(await verifySession(await make(now - 60), TOKEN)).toBeNull();
});

test("a viewer may not act", async () => {
  const session = await createSession({ name: "bob", roles: ["viewer"] }, TOKEN);
  expect(await requirePermission("view", withCookie(session))).toMatchObject({ name: "bob" });
  await expect(requirePermission("cancel task", withCookie(session))).rejects.toMatchObject({
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

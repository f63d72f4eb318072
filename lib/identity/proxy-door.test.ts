import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forgetEnvironment, parseEnvironment } from "@/lib/db/env";
import { formatPeer, PEER_HEADER } from "./client-address";
import { findProxyCaller } from "./proxy-door";

const SECRET = "a-secret-of-the-proxy-24";
const ROLES = "admin=groups:ops,viewer=groups:dev";

function set(settings: Record<string, string>) {
  for (const name of Object.keys(process.env))
    if (name.startsWith("DASHBOARD_")) delete process.env[name];
  Object.assign(process.env, { DATABASE_URL: "postgresql://localhost/x", ...settings });
  forgetEnvironment();
}

const from = (peer: string, headers: Record<string, string>) =>
  findProxyCaller(new Headers({ [PEER_HEADER]: formatPeer(peer), ...headers }));

test("headers count only from the listed addresses", async () => {
  set({
    DASHBOARD_PROXY_FROM: "10.0.0.0/8,fd00::/8",
    ...{ DASHBOARD_PROXY_USER_HEADER: "x-user", DASHBOARD_PROXY_GROUPS_HEADER: "x-groups" },
    ...{ DASHBOARD_PROXY_NAME_HEADER: "x-name", DASHBOARD_PROXY_ROLES: ROLES },
  });
  const headers = { "x-user": "ada", "x-groups": "dev, ops", "x-name": "Ada" };
  for (const peer of ["10.1.2.3", "::ffff:10.1.2.3", "fd00::1"])
    expect(await from(peer, headers), peer).toMatchObject({
      identity: {
        subject: "ada",
        name: "Ada",
        door: "proxy",
        grants: [{ role: "admin" }, { role: "viewer" }],
      },
    });
  for (const peer of ["11.0.0.1", "127.0.0.1", "::1", "fe80::1", "", "10.1.2.3.evil"])
    expect(await from(peer, headers), peer).toBeNull();
  // A peer header that the client wrote itself.
  expect(
    await findProxyCaller(new Headers({ [PEER_HEADER]: "x 10.1.2.3", ...headers })),
  ).toBeNull();
  expect(await from("10.1.2.3", { "x-groups": "ops" })).toBeNull();
  expect((await from("10.1.2.3", { ...headers, "x-groups": "opsx" }))?.identity.grants).toEqual([]);
});

test("if both an address and a secret are set, both are required", async () => {
  set({
    ...{ DASHBOARD_PROXY_FROM: "10.0.0.0/8", DASHBOARD_PROXY_SECRET: SECRET },
    ...{ DASHBOARD_PROXY_USER_HEADER: "x-user", DASHBOARD_PROXY_ROLES: "viewer=*" },
  });
  const headers = { "x-user": "ada" };
  expect(await from("10.0.0.1", { ...headers, "x-proxy-secret": SECRET })).not.toBeNull();
  expect(await from("10.0.0.1", headers)).toBeNull();
  expect(await from("10.0.0.1", { ...headers, "x-proxy-secret": `${SECRET}x` })).toBeNull();
  expect(await from("11.0.0.1", { ...headers, "x-proxy-secret": SECRET })).toBeNull();
});

let keys: Server;
let good: CryptoKey;
let other: CryptoKey;
beforeAll(async () => {
  const pair = await generateKeyPair("ES256", { extractable: true });
  good = pair.privateKey;
  other = (await generateKeyPair("ES256")).privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: "one", alg: "ES256", use: "sig" };
  keys = createServer((_, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => keys.listen(0, "127.0.0.1", resolve));
});
afterAll(() => keys.close());

test("an assertion is verified: signature, issuer, audience and times", async () => {
  set({
    DASHBOARD_PROXY_FROM: "10.0.0.0/8",
    DASHBOARD_PROXY_JWT_HEADER: "cf-access-jwt-assertion",
    DASHBOARD_PROXY_JWT_KEYS: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`,
    DASHBOARD_PROXY_JWT_ISSUER: "https://team.example",
    DASHBOARD_PROXY_JWT_AUDIENCE: "dashboard",
    DASHBOARD_PROXY_ROLES: ROLES,
  });
  const now = Math.floor(Date.now() / 1_000);
  const sign = (change: object = {}, key = good, alg = "ES256") =>
    new SignJWT({
      ...{ iss: "https://team.example", aud: ["dashboard"], sub: "7", email: "ada@team.example" },
      ...{ groups: ["ops"], iat: now, exp: now + 60, ...change },
    })
      .setProtectedHeader({ alg, kid: "one" })
      .sign(key);
  const send = async (assertion: string) =>
    from("10.0.0.1", { "cf-access-jwt-assertion": assertion, "x-user": "eve" });
  expect(await send(await sign())).toMatchObject({
    identity: { subject: "7", name: "ada@team.example", grants: [{ role: "admin" }] },
  });
  expect(await send(await sign({ exp: now - 20 }))).not.toBeNull();
  for (const bad of [
    await sign({ iss: "https://other.example" }),
    await sign({ aud: "another" }),
    await sign({ exp: now - 60 }),
    await sign({ nbf: now + 60 }),
    await sign({ sub: undefined }),
    await sign({ exp: undefined }),
    await sign({}, other),
    "x",
    "",
  ])
    expect(await send(bad)).toBeNull();
});

test.each([
  [{ DASHBOARD_PROXY_USER_HEADER: "x-user", DASHBOARD_PROXY_ROLES: "viewer=*" }, "PROXY_FROM"],
  [{ DASHBOARD_PROXY_USER_HEADER: "x-user", DASHBOARD_PROXY_SECRET: SECRET }, "PROXY_ROLES"],
  [
    {
      ...{ DASHBOARD_PROXY_JWT_HEADER: "x-jwt", DASHBOARD_PROXY_FROM: "10.0.0.1" },
      ...{ DASHBOARD_PROXY_ROLES: "viewer=*", DASHBOARD_PROXY_JWT_KEYS: "https://a.example" },
    },
    "PROXY_JWT_ISSUER",
  ],
  [{ DASHBOARD_PROXY_FROM: "10.0.0.0/33" }, "PROXY_FROM"],
  [{ DASHBOARD_PROXY_FROM: "proxy.example" }, "PROXY_FROM"],
  [{ DASHBOARD_OIDC_ISSUER: "https://id.example" }, "OIDC_ROLES"],
  [{ DASHBOARD_OIDC_ISSUER: "http://id.example" }, "OIDC_ISSUER"],
  [{ DASHBOARD_TOKEN: "aaaaaaaaaaaaaaaaaaaaaaaa" }, "TOKEN"],
  [{ DASHBOARD_SECRET: "short" }, "SECRET"],
] as [Record<string, string>, string][])("a start with %j is refused over %s", (settings, name) => {
  expect(() => parseEnvironment({ DATABASE_URL: "postgresql://localhost/x", ...settings })).toThrow(
    `DASHBOARD_${name} `,
  );
});

/**
 * A real OpenID provider on loopback, in its own process and with its own clock. Its settings are JSON in `PROVIDER`;
 * tests change it through `POST /control`.
 */
import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import Provider, { type JWK } from "oidc-provider";

type Settings = {
  port: number;
  redirect: string;
  afterSignOut: string;
  /** Groups of each account, by login. */
  accounts: Record<string, string[]>;
};

/** What a test can change. */
type Control = {
  accounts?: Settings["accounts"];
  /** Seconds by which the clock is ahead. */
  clock?: number;
  /** Starts signing with a new key and forgets the old one. */
  rotate?: boolean;
  /** Accounts whose refresh tokens are refused. */
  left?: string[];
  /** What is wrong with the id tokens from now on. */
  wrong?: "audience" | "nonce" | "issuer" | "signature" | null;
};

const settings: Settings = JSON.parse(process.env.PROVIDER ?? "");
const issuer = `http://127.0.0.1:${settings.port}`;
let { accounts } = settings;
let wrong: Control["wrong"] = null;
let left: string[] = [];
const realNow = Date.now;

async function createKey(): Promise<{ jwk: JWK; key: CryptoKey }> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: "RS256", use: "sig" };
  return { jwk: jwk as JWK, key: privateKey };
}

function createProvider(jwk: JWK): Provider {
  return new Provider(issuer, {
    jwks: { keys: [jwk] },
    clients: ["dashboard", "another"].map((client_id) => ({
      client_id,
      client_secret: `secret-of-${client_id}`,
      redirect_uris: [settings.redirect],
      post_logout_redirect_uris: [settings.afterSignOut],
      grant_types: ["authorization_code", "refresh_token"],
    })),
    claims: { openid: ["sub"], profile: ["name"], groups: ["groups"] },
    scopes: ["openid", "offline_access", "profile", "groups"],
    findAccount: (_, id) =>
      left.includes(id) || !accounts[id]
        ? undefined
        : {
            accountId: id,
            claims: async () => ({
              sub: id,
              name: `${id[0]?.toUpperCase()}${id.slice(1)} Test`,
              groups: accounts[id] ?? [],
            }),
          },
    issueRefreshToken: async (_, client, code) =>
      client.grantTypeAllowed("refresh_token") && code.scopes.has("offline_access"),
    rotateRefreshToken: true,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    ttl: {
      AuthorizationCode: 600,
      IdToken: 60,
      AccessToken: 600,
      Interaction: 600,
      Session: 3_600,
    },
    cookies: { keys: ["a-key-for-cookies-of-tests"] },
  });
}

let current = await createKey();
let provider = withFaults(createProvider(current.jwk));

/** Replaces a response's id token with one that has a fault. */
function withFaults(one: Provider): Provider {
  one.use(async (context, next) => {
    await next();
    const body = context.body as { id_token?: string } | undefined;
    if (!wrong || context.path !== "/token" || !body?.id_token) return;
    const claims = JSON.parse(
      Buffer.from(body.id_token.split(".")[1] ?? "", "base64url").toString(),
    );
    const { key } = wrong === "signature" ? await createKey() : current;
    const changes = {
      audience: { aud: "another" },
      nonce: { nonce: "of-another-sign-in" },
      issuer: { iss: "https://provider.example" },
      signature: {},
    }[wrong];
    body.id_token = await new SignJWT({ ...claims, ...changes })
      .setProtectedHeader({ alg: "RS256", kid: current.jwk.kid ?? "" })
      .sign(key);
  });
  return one;
}

const { createServer } = await import("node:http");
const server = createServer(async (request, response) => {
  if (request.url !== "/control") return provider.callback()(request, response);
  let text = "";
  for await (const part of request) text += part;
  const control: Control = JSON.parse(text);
  accounts = control.accounts ?? accounts;
  left = control.left ?? left;
  if (control.wrong !== undefined) wrong = control.wrong;
  const { clock } = control;
  if (clock !== undefined) Date.now = () => realNow() + clock * 1_000;
  if (control.rotate) {
    current = await createKey();
    provider = withFaults(createProvider(current.jwk));
  }
  response.end("{}");
});
server.listen(settings.port, "127.0.0.1");

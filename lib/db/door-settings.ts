import { BlockList, isIP } from "node:net";
import * as z from "zod";
import { parseRoleRules, type RoleRule } from "@/lib/model/role-rules";

const names = z.string().regex(/^[A-Za-z0-9-]+$/, "is not the name of a header");
const address = (value: string) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
/** Whether tokens can safely be sent to the address: over https, or within this machine. */
const isConfidential = (value: string) => {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === "https:" || /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
};
const url = z.string().refine(address, "is not an address; write https://ops.example");

const roles = z.string().transform((value, context): RoleRule[] => {
  const rules = parseRoleRules(value);
  if (typeof rules !== "string") return rules;
  context.addIssue(`is not an allow-list: ${rules}; write admin=groups:ops,viewer=*`);
  return z.NEVER;
});

const minutes = z.coerce
  .number("is not a number of minutes")
  .int("is not a whole number of minutes")
  .min(1, "is below 1 minute");

/** Settings of the doors through which people and programs sign in, and of their sessions. */
export const DOOR_SETTINGS = {
  DASHBOARD_URL: url.transform((value) => value.replace(/\/+$/, "")).optional(),
  DASHBOARD_SECRET: z
    .string()
    .min(32, "is too short; use at least 32 characters, for example from `openssl rand -base64 32`")
    .optional(),
  DASHBOARD_SESSION_IDLE: minutes.max(10_080, "is above a week").default(30),
  DASHBOARD_SESSION_HOURS: z.coerce
    .number("is not a number of hours")
    .min(0.1, "is below 6 minutes")
    .max(168, "is above a week")
    .default(12),
  DASHBOARD_OIDC_ISSUER: url
    .refine(isConfidential, "is not https; only a provider on this machine may be http")
    .optional(),
  DASHBOARD_OIDC_CLIENT_ID: z.string().optional(),
  DASHBOARD_OIDC_CLIENT_SECRET: z.string().optional(),
  DASHBOARD_OIDC_SCOPES: z.string().default("openid profile email"),
  DASHBOARD_OIDC_ROLES: roles.optional(),
  DASHBOARD_OIDC_NAME: z.string().max(40, "is longer than 40 characters").default("single sign-on"),
  DASHBOARD_OIDC_REVALIDATE: minutes.max(15, "is above 15 minutes").default(15),
  DASHBOARD_PROXY_FROM: z
    .string()
    .transform((value, context): string[] => {
      const ranges = value.split(",").map((range) => range.trim());
      if (ranges.every(isRange)) return ranges;
      context.addIssue("holds more than addresses and ranges; write 10.0.0.0/8,::1");
      return z.NEVER;
    })
    .optional(),
  DASHBOARD_PROXY_SECRET: z.string().min(24, "is too short; use at least 24 characters").optional(),
  DASHBOARD_PROXY_SECRET_HEADER: names.default("x-proxy-secret"),
  DASHBOARD_PROXY_USER_HEADER: names.optional(),
  DASHBOARD_PROXY_NAME_HEADER: names.optional(),
  DASHBOARD_PROXY_GROUPS_HEADER: names.optional(),
  DASHBOARD_PROXY_JWT_HEADER: names.optional(),
  DASHBOARD_PROXY_JWT_KEYS: url
    .refine(isConfidential, "is not https; only keys on this machine may be http")
    .optional(),
  DASHBOARD_PROXY_JWT_ISSUER: z.string().optional(),
  DASHBOARD_PROXY_JWT_AUDIENCE: z.string().optional(),
  DASHBOARD_PROXY_ROLES: roles.optional(),
};

type Settings = z.output<z.ZodObject<typeof DOOR_SETTINGS>> & {
  DASHBOARD_TOKEN?: string | undefined;
};

/** Whether people can sign in at an OpenID provider. */
export function hasOidc(settings: Settings): boolean {
  return settings.DASHBOARD_OIDC_ISSUER !== undefined;
}

/** Whether a proxy identifies the sender of each request. */
export function hasProxyDoor(settings: Settings): boolean {
  return (
    settings.DASHBOARD_PROXY_USER_HEADER !== undefined ||
    settings.DASHBOARD_PROXY_JWT_HEADER !== undefined
  );
}

/** The headers in which a proxy identifies people and authenticates itself, in lower case. */
export function listNamingHeaders(settings: Settings): string[] {
  return [
    settings.DASHBOARD_PROXY_USER_HEADER,
    settings.DASHBOARD_PROXY_NAME_HEADER,
    settings.DASHBOARD_PROXY_GROUPS_HEADER,
    settings.DASHBOARD_PROXY_JWT_HEADER,
    settings.DASHBOARD_PROXY_SECRET_HEADER,
  ].flatMap((name) => name?.toLowerCase() ?? []);
}

/** What the doors' settings lack to be safe, by the variable to fix. */
export function findDoorProblems(settings: Settings): { name: keyof Settings; message: string }[] {
  const problems: { name: keyof Settings; message: string }[] = [];
  const need = (name: keyof Settings, why: string) => {
    if (settings[name] === undefined) problems.push({ name, message: `is not set, but ${why}` });
  };
  if (hasOidc(settings)) {
    need("DASHBOARD_OIDC_CLIENT_ID", "DASHBOARD_OIDC_ISSUER is; register the dashboard there");
    need(
      "DASHBOARD_OIDC_ROLES",
      "without an allow-list every account of the provider would get in; write admin=groups:ops,viewer=*",
    );
    need("DASHBOARD_URL", "the provider has to send people back; write https://ops.example");
    if (settings.DASHBOARD_TOKEN === undefined)
      need("DASHBOARD_SECRET", "sessions have to be signed; use `openssl rand -base64 32`");
  }
  if (hasProxyDoor(settings)) {
    if (settings.DASHBOARD_PROXY_SECRET === undefined)
      need(
        "DASHBOARD_PROXY_FROM",
        "anyone could forge the proxy's headers; list its addresses, or set DASHBOARD_PROXY_SECRET",
      );
    need("DASHBOARD_PROXY_ROLES", "nobody would get in; write admin=groups:ops,viewer=*");
  }
  if (settings.DASHBOARD_PROXY_JWT_HEADER !== undefined) {
    need(
      "DASHBOARD_PROXY_JWT_KEYS",
      "the assertion has to be verified; give the address of the keys",
    );
    need("DASHBOARD_PROXY_JWT_ISSUER", "another issuer's assertion would be accepted");
    need("DASHBOARD_PROXY_JWT_AUDIENCE", "an assertion for another application would be accepted");
  }
  return problems;
}

function isRange(range: string): boolean {
  const [base = "", bits, ...rest] = range.split("/");
  const family = isIP(base);
  const most = family === 4 ? 32 : 128;
  return (
    family !== 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  );
}

const lists = new WeakMap<readonly string[], BlockList>();

/** Whether an address is in one of the ranges. An IPv4 address may be written in its IPv6 form. */
export function isInRanges(ranges: readonly string[], given: string): boolean {
  let list = lists.get(ranges);
  if (!list) {
    list = new BlockList();
    for (const range of ranges) {
      const [base = "", bits] = range.split("/");
      const family = isIP(base) === 4 ? "ipv4" : "ipv6";
      if (bits === undefined) list.addAddress(base, family);
      else list.addSubnet(base, Number(bits), family);
    }
    lists.set(ranges, list);
  }
  const plain = given.replace(/^::ffff:(?=\d+\.)/i, "");
  const family = isIP(plain);
  return family !== 0 && list.check(plain, family === 4 ? "ipv4" : "ipv6");
}

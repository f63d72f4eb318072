import { type Grant, ROLES } from "./access";

/** Who gets a grant: people whose claim has the value, or everyone who signs in. */
export type RoleRule = { grant: Grant; claim: { path: string; value: string } | null };

/**
 * Parses an allow-list such as `admin=groups:ops,operator[queues=billing-*|mail
 * payloads=off]=groups:billing,viewer=*`.
 *
 * Commas outside brackets separate entries. Each entry is a role, its limits in brackets (`queues`, `tenants` and
 * `databases` with values separated by `|`, `payloads=off`), and the claim with its value, or `*` for everyone. A
 * claim is a dotted path of members; it ends at the first colon that is not part of an address (`https://…`).
 *
 * @returns the rules in order, or what is wrong with the first invalid entry.
 */
export function parseRoleRules(text: string): RoleRule[] | string {
  const rules: RoleRule[] = [];
  for (const entry of text.split(/,(?![^[]*\])/).map((part) => part.trim())) {
    if (entry === "") continue;
    const match = /^(\w+)(?:\[([^\]]*)\])?=(.+)$/.exec(entry);
    const role = ROLES.find((name) => name === match?.[1]);
    if (!match || !role) return `"${entry}" is not of the form role=claim:value`;
    const limits = parseLimits(match[2] ?? "");
    if (typeof limits === "string") return `"${entry}" has ${limits}`;
    const claim = parseClaim(match[3] ?? "");
    if (claim === undefined) return `"${entry}" names no claim and value`;
    rules.push({ grant: { role, ...limits }, claim });
  }
  return rules.length > 0 ? rules : "there is no entry";
}

function parseClaim(text: string): RoleRule["claim"] | undefined {
  if (text === "*") return null;
  const colon = text.search(/:(?!\/\/)/);
  if (colon < 1 || colon === text.length - 1) return undefined;
  return { path: text.slice(0, colon), value: text.slice(colon + 1) };
}

function parseLimits(text: string): Omit<Grant, "role"> | string {
  const limits: {
    queues: string[] | null;
    tenants: string[] | null;
    databases?: string[];
    payloads: boolean;
  } = {
    queues: null,
    tenants: null,
    payloads: true,
  };
  for (const part of text.split(/\s+/).filter(Boolean)) {
    const [name, value = ""] = part.split("=", 2);
    const values = value.split("|").filter(Boolean);
    if ((name === "queues" || name === "tenants" || name === "databases") && values.length > 0)
      limits[name] = values;
    else if (name === "payloads" && (value === "on" || value === "off"))
      limits.payloads = value === "on";
    else return `no limit that is known: "${part}"`;
  }
  return limits;
}

/** The grants that claims give, and those claims. Without a grant, `looked` lists the claims that were checked. */
export type RoleMatch = { grants: Grant[]; reasons: string[]; looked: string[] };

/**
 * Applies an allow-list to a person's claims. A claim may be a string, a number, a boolean or a list of these. An address
 * that the provider has not verified gives nothing, since at many providers people enter it themselves.
 */
export function matchRoles(rules: readonly RoleRule[], claims: Record<string, unknown>): RoleMatch {
  const match: RoleMatch = { grants: [], reasons: [], looked: [] };
  for (const { grant, claim } of rules) {
    const isUnverified = claim?.path === "email" && `${claims.email_verified}` === "false";
    const values = claim === null || isUnverified ? [] : findClaim(claims, claim.path);
    const absent = isUnverified ? "not verified" : "missing";
    if (claim !== null)
      match.looked.push(`${claim.path}: ${values.length > 0 ? values.join(", ") : absent}`);
    if (claim !== null && !values.includes(claim.value)) continue;
    match.grants.push(grant);
    match.reasons.push(claim === null ? "everyone" : `${claim.path}: ${claim.value}`);
  }
  match.looked = [...new Set(match.looked)];
  return match;
}

function findClaim(claims: Record<string, unknown>, path: string): string[] {
  // A claim whose name contains dots, such as an address, takes precedence over a path of members.
  const direct = Object.hasOwn(claims, path) ? claims[path] : findMember(claims, path.split("."));
  return [direct]
    .flat()
    .filter((value) => ["string", "number", "boolean"].includes(typeof value))
    .map(String);
}

function findMember(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

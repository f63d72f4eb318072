import { type Grant, ROLES } from "./access";

/** Who gets a grant: people whose claim has the value, or everybody whom the door lets in. */
export type RoleRule = { grant: Grant; claim: { path: string; value: string } | null };

/**
 * Parses an allow-list such as `admin=groups:ops,operator[queues=billing-*|mail payloads=off]=groups:billing,viewer=*`.
 *
 * Entries are separated by commas outside of brackets. Each is a role, its limits in brackets (`queues`, `tenants` and
 * `databases` with values separated by `|`, `payloads=off`), and the claim with its value, or `*` for everybody. A claim is a path of
 * members with dots between, as far as the first colon that is not that of an address (`https://…`).
 *
 * @returns the rules in their order, or what is wrong with the first entry that is none.
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

/** The grants that claims give, and which claims gave them. Without a grant, `looked` says where. */
export type RoleMatch = { grants: Grant[]; reasons: string[]; looked: string[] };

/** Applies an allow-list to the claims of a person. A claim may be a text, a number, a switch or a list of these. */
export function matchRoles(rules: readonly RoleRule[], claims: Record<string, unknown>): RoleMatch {
  const match: RoleMatch = { grants: [], reasons: [], looked: [] };
  for (const { grant, claim } of rules) {
    const values = claim === null ? [] : findClaim(claims, claim.path);
    if (claim !== null)
      match.looked.push(`${claim.path}: ${values.length > 0 ? values.join(", ") : "missing"}`);
    if (claim !== null && !values.includes(claim.value)) continue;
    match.grants.push(grant);
    match.reasons.push(claim === null ? "everybody" : `${claim.path}: ${claim.value}`);
  }
  match.looked = [...new Set(match.looked)];
  return match;
}

function findClaim(claims: Record<string, unknown>, path: string): string[] {
  // A claim whose name has dots, such as an address, comes before a path of members.
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

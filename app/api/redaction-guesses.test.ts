/**
 * Redacted values can't be guessed: two databases that differ only in the secret give the same response to any
 * condition, in rows, counts and order.
 */
import { beforeAll, expect, test, vi } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools } from "@/lib/db/pools";
import { headersOf, person } from "@/lib/identity/testing/people";
import { clearSharedReads } from "@/lib/live/shared-reads";
import { openTestDatabase } from "@/testing/dashboard-database";
import { plantSecrets, RULES } from "@/testing/scenes/secrets";

/** Equal in length and character set, and on both sides of `GUESS` in sort order. */
const SECRETS = ["hunter-aaaa", "hunter-zzzz"] as const;
const GUESS = "hunter-mmmm";
const SEEN = "shown-value";
const queue = "orders";
const database = openTestDatabase();
vi.spyOn(console, "info").mockImplementation(() => {});

beforeAll(async () => {
  const { pool } = database;
  await plantSecrets(pool, queue, SECRETS[0], SEEN);
  // The engine's clock is stopped, so that responses can be compared.
  const { rows } = await pool.query("select current_database() as name, now()::text as now");
  await pool.query(`alter database "${rows[0].name}" set absurd.fake_now = '${rows[0].now}'`);
});

/** Replaces one secret with the other everywhere in the database. */
async function replaceSecret(from: string, to: string): Promise<void> {
  const { rows } = await database.pool.query(
    `select format('%I.%I', table_schema, table_name) as place, quote_ident(column_name) as name, udt_name as type
       from information_schema.columns
      where udt_name in ('jsonb', 'json', 'text') and is_updatable = 'YES'
        and (table_schema = 'absurd' or table_name like 'workflow%')`,
  );
  for (const { place, name, type } of rows)
    await database.pool.query(
      `update ${place} set ${name} = replace(${name}::text, $1, $2)::${type}
        where strpos(${name}::text, $1) > 0`,
      [from, to],
    );
}

/** Paths, and the text that precedes the secret there. */
const PATHS: [prefix: string, paths: string[]][] = [
  ["", ["params", "params.password", "params.list[].token[]", "params.card", "params.card.number"]],
  ["", ["params.card[].number", "params.card.0.number", 'params.card."-1".number', "params.vault"]],
  ["", ["params.vault.any", 'params."dotted.password"', "params.__proto__.password", "error"]],
  ["", ["error.token", "error.message.password", "error.errors[].message", "error.name"]],
  ['{"password":"', ["params.body", "params.duplicate", "result.body", "error.response.body"]],
  [
    '{"password":"',
    ["params.nested", "params.nested[]", "params.nested[][]", "error.response.nested"],
  ],
  ['{"password": "', ["headers.forked_from_step", "params.duplicate"]],
  ['"{\\"password\\":\\"', ["params.twice"]],
  ['sent {"password":"', ["params.log", "error.response.log"]],
  ["{'password': '", ["params.python"]],
  ['{"pass\\u0077ord": "', ["params.escaped"]],
  ["https://host.example/?q=1&password=", ["params.address", "error.response.address"]],
  ["https://host.example/?q=%7B%22password%22%3A%22", ["params.coded"]],
  ["Bearer ", ["headers.authorization"]],
  ["no login with password=", ["error.message"]],
  ["password: ", ["error.code"]],
  ['password:= "', ["error"]],
  ["password=", ["error.name", "error.cause.message"]],
];
const quoted = (text: string) => JSON.stringify(text);
const asks = (route: string, name: string, values: string[]) =>
  values.map((value) => `${route}?${name}=${encodeURIComponent(value)}`);
const WORDS = [
  ...["hunter-a", "hunter-aaaa", "hunter-z", `password=${SECRETS[0]}`, `password":"${SECRETS[1]}`],
  ...[SECRETS[0], SECRETS[1], "password=h", "Bearer hunter-a", SEEN, "hunter-aaaa4111"],
];
const REQUESTS = [
  ...PATHS.flatMap(([prefix, paths]) =>
    paths.flatMap((path) =>
      asks("tasks", "where", [
        `${path}>=${quoted(prefix + GUESS)}`,
        `${path}:${quoted(prefix + SECRETS[0])}`,
      ]),
    ),
  ),
  ...asks("tasks", "error", WORDS),
  ...asks("tasks", "any", WORDS),
  ...asks("tasks/count", "any", WORDS.slice(0, 3)),
  ...asks("tasks/count", "where", [`params.body>=${quoted(`{"password":"${GUESS}`)}`]),
  ...asks("tasks/search", "any", WORDS.slice(0, 3)),
  ...asks("tasks/export", "error", WORDS.slice(0, 3)),
  ...asks("tasks", "where", [`params.seen>=${quoted("shown")}`]),
  ...asks("failures", "name", ["pay"]),
  ...asks("workflows", "tag", [
    ...["token", "note", "seen", `seen=${SEEN}`, ...SECRETS.map((secret) => `token=${secret}`)],
    ...SECRETS.map((secret) => `note={"password": "${secret}"}`),
  ]),
  ...["newest", "oldest", "attempts&range=24h", "duration&range=24h"].map(
    (sort) => `tasks?sort=${sort}&columns=params,error,error.message,params.card.0.number`,
  ),
  "tasks/suggestions?",
  "failures?",
  "workers?",
];

/** Sent without redaction rules only to verify that these requests would show a difference. */
const SOME = REQUESTS.filter((_, index) => index % 8 === 0);

type Route = {
  GET: (request: Request, context: { params: Promise<object> }) => Promise<Response>;
};
const routes = import.meta.glob<Route>("./**/route.ts");

async function fetchRoute(request: string, headers?: Record<string, string>): Promise<string> {
  const [route = ""] = request.split("?");
  const loaded = await routes[`./${route}/route.ts`]?.();
  if (!loaded) throw new Error(`There is no ${route}`);
  const response = await loaded.GET(
    new Request(`http://localhost:3000/api/${request}`, { headers: headers ?? {} }),
    {
      params: Promise.resolve({}),
    },
  );
  return `${response.status} ${(await response.text()).replace(/"now":"[^"]*"/g, "")}`;
}

async function requestAll(rules: string, requests = REQUESTS): Promise<Map<string, string>> {
  process.env.DASHBOARD_REDACT = rules;
  forgetEnvironment();
  clearSharedReads();
  await closePools();
  const answers = new Map<string, string>();
  for (const request of requests) answers.set(request, await fetchRoute(request));
  return answers;
}

test("no condition reveals which secret is redacted", { timeout: 300_000 }, async () => {
  const first = await requestAll(RULES);
  const open = await requestAll("", SOME);
  await replaceSecret(...SECRETS);
  const { rows } = await database.pool.query(
    `select count(*)::int as left from absurd.t_${queue} where params::text like '%${SECRETS[0]}%'`,
  );
  expect(rows).toEqual([{ left: 0 }]);
  expect(await requestAll(RULES)).toEqual(first);
  for (const [request, text] of first) {
    expect(text, request).not.toContain("hunter-aaaa");
    expect(text, request).toMatch(/^(200|400)/);
  }

  // Proves that the requests are meaningful: without rules most of them show the difference, and unredacted values are
  // found.
  const different = [...(await requestAll("", SOME))].filter(
    ([request, text]) => open.get(request) !== text,
  );
  expect(different.length).toBeGreaterThan(SOME.length / 4);
  expect(first.get(`tasks?any=${SEEN}`)).toContain('"name":"pay"');
  const where = encodeURIComponent(`params.seen>=${quoted("shown")}`);
  expect(first.get(`tasks?where=${where}`)).toContain('"name":"pay"');
});

test("no condition reveals a value to a person without payloads", {
  timeout: 120_000,
}, async () => {
  vi.stubEnv("DASHBOARD_TOKEN", "a-token-of-24-characters");
  const requests = [
    ...SOME,
    ...REQUESTS.filter((request) => /^(workflows|tasks.(sug|exp)|failures|workers)/.test(request)),
    ...asks("tasks", "where", [
      `error.name>=${quoted(GUESS)}`,
      `headers.tenant_id>=${quoted("h")}`,
    ]),
  ];
  const requestAs = async (payloads: boolean) => {
    // Names of errors and the headers that link tasks are shown without payloads, unless rules redact them.
    vi.stubEnv("DASHBOARD_REDACT", payloads ? "" : RULES);
    forgetEnvironment();
    clearSharedReads();
    await closePools();
    const headers = await headersOf(person("vic", { role: "viewer", payloads }));
    const answers = new Map<string, string>();
    for (const request of requests) answers.set(request, await fetchRoute(request, headers));
    return answers;
  };
  const first = await requestAs(false);
  const open = await requestAs(true);
  const { rows } = await database.pool.query(
    `select count(*)::int as left from absurd.t_${queue} where params::text like '%${SECRETS[0]}%'`,
  );
  const [from, to] = rows[0].left > 0 ? SECRETS : [SECRETS[1], SECRETS[0]];
  await replaceSecret(from, to);
  expect(await requestAs(false)).toEqual(first);
  for (const [request, text] of first) expect(text, request).toMatch(/^(200|400)/);
  const different = [...(await requestAs(true))].filter(
    ([request, text]) => open.get(request) !== text,
  );
  expect(different.length).toBeGreaterThan(requests.length / 8);
  vi.unstubAllEnvs();
});

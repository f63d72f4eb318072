/** The folder rules of the table in docs/architecture.md, one rule per folder. Change both together. */
const OURS = "^(app|components|lib|drizzle|server|demo|testing|scripts|e2e|bench|examples)/";
const TESTS = "\\.(test|spec|long-test)\\.tsx?$|/testing/";
const lib = (...folders) => `^lib/(${folders.join("|")})/`;
const libFiles = (...files) => `^lib/(${files.join("|")})\\.ts$`;

/**
 * The folder `from` imports nothing of ours but itself and `allowed`, and only types of `types`. Its tests are exempt.
 */
const only = (name, from, allowed, types = []) => [
  {
    name,
    severity: "error",
    from: { path: from, pathNot: TESTS },
    to: { path: OURS, pathNot: [from, ...allowed, ...types] },
  },
  ...(types.length === 0
    ? []
    : [
        {
          name: `${name}-or-types`,
          severity: "error",
          from: { path: from, pathNot: TESTS },
          to: { path: types, pathNot: allowed, dependencyTypesNot: ["type-only"] },
        },
      ]),
];

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-import-of-app",
      severity: "error",
      // The framework's entry at start offers routes to the server.
      from: { pathNot: "^(app/|instrumentation\\.ts$)" },
      to: { path: "^app/" },
    },
    {
      name: "no-development-code-in-the-product",
      comment: "Demo, tests and benchmarks import the product, never the other way round.",
      severity: "error",
      from: {
        path: "^(app|components|lib|server|drizzle)/",
        // The command also runs the demo.
        pathNot: `${TESTS}|^drizzle/engine/(tests|proof)/|^server/main\\.ts$`,
      },
      to: { path: "^(demo|testing|bench|e2e|scripts|examples)/" },
    },
    {
      name: "no-framework-in-published-and-pure-code",
      severity: "error",
      from: { path: lib("model", "absurd", "highway", "timeline", "diagnosis") },
      to: { path: "node_modules/(next|react|react-dom|drizzle-orm|server-only)/" },
    },
    {
      name: "no-sql-in-app",
      severity: "error",
      from: { path: "^app/", pathNot: TESTS },
      to: { path: "node_modules/(pg|drizzle-orm)/", dependencyTypesNot: ["type-only"] },
    },
    ...only("app-imports", "^app/", [
      "^components/",
      lib("actions", "analytics", "doctor", "identity", "live"),
      lib("model", "query", "search-params"),
      libFiles("base-path", "cn", "direct-answers", "format", "shutdown"),
    ]),
    ...only(
      "components-import",
      "^components/",
      [
        lib("actions", "query", "search-params"),
        lib("model", "timeline", "diagnosis", "highway", "snippets"),
        libFiles("base-path", "cn", "format", "parse-local"),
      ],
      [lib("absurd", "analytics", "bulk", "doctor", "live")],
    ),
    ...only(
      "components-ui-imports",
      "^components/ui/",
      [libFiles("base-path", "cn", "format"), "^lib/model/instants\\.ts$"],
      ["^lib/model/problem\\.ts$"],
    ),
    ...only("actions-import", lib("actions"), [
      lib("absurd", "analytics", "audit", "bulk", "db", "highway", "identity", "live", "model"),
      lib("redaction", "search-params"),
      libFiles("engine-problems", "format"),
    ]),
    ...only("analytics-imports", lib("analytics"), [
      lib("absurd", "db", "model", "redaction", "search-params"),
      "^lib/diagnosis/fingerprint\\.ts$",
      "^lib/highway/(?!run/)",
    ]),
    ...only("live-imports", lib("live"), [
      lib("analytics", "db", "model", "search-params"),
      "^lib/diagnosis/concerns\\.ts$",
      libFiles("shutdown"),
    ]),
    ...only("bulk-imports", lib("bulk"), [
      lib("absurd", "analytics", "audit", "db", "model", "search-params"),
      libFiles("engine-problems"),
    ]),
    ...only("audit-imports", lib("audit"), [lib("absurd", "db", "model")]),
    ...only("identity-imports", lib("identity"), [
      lib("absurd", "audit", "db", "model"),
      libFiles("base-path"),
    ]),
    ...only("db-imports", lib("db"), [lib("model", "redaction")], [lib("absurd")]),
    ...only("redaction-imports", lib("redaction"), [
      lib("model"),
      "^lib/absurd/connection/json\\.ts$",
    ]),
    ...only(
      "query-imports",
      lib("query"),
      [lib("model", "search-params"), libFiles("base-path")],
      [lib("analytics", "live"), "^lib/actions/previews/", "^lib/highway/view/"],
    ),
    ...only("doctor-imports", lib("doctor"), [lib("absurd", "db", "model")]),
    ...only("search-params-import", lib("search-params"), [lib("model")]),
    ...only("jsx-imports", lib("jsx"), [libFiles("format")]),
    ...only("snippets-import", lib("snippets"), [lib("model", "timeline")]),
    ...only("diagnosis-imports", lib("diagnosis"), [lib("model", "timeline"), libFiles("format")]),
    ...only("timeline-imports", lib("timeline"), [lib("model"), libFiles("format")]),
    ...only("highway-imports", "^lib/highway/(?!view/)", [lib("absurd", "model")]),
    ...only("highway-view-imports", "^lib/highway/view/", [
      lib("highway", "absurd", "model", "timeline"),
      libFiles("format"),
    ]),
    ...only("absurd-imports", lib("absurd"), [lib("model")]),
    ...only("model-imports-nothing", lib("model"), []),
    ...only("engine-problems-import", libFiles("engine-problems"), [lib("absurd", "model")]),
    ...only(
      "small-files-import-nothing",
      libFiles("base-path", "cn", "direct-answers", "shutdown"),
      [],
    ),
    ...only("format-imports", libFiles("format"), ["^lib/model/instants\\.ts$"]),
    ...only("parse-local-imports", libFiles("parse-local"), [libFiles("format")]),
    {
      name: "sub-folders-of-analytics-are-private",
      comment:
        "Only the files at the top of lib/analytics are public. Benchmarks may measure a part.",
      severity: "error",
      from: { pathNot: `${TESTS}|^lib/analytics/|^bench/` },
      to: { path: "^lib/analytics/[^/]+/" },
    },
    {
      name: "sub-folders-of-analytics-stay-apart",
      comment: "A sub-folder imports itself and scope/. What joins two of them is a public file.",
      severity: "error",
      from: { path: "^lib/analytics/([^/]+)/", pathNot: TESTS },
      to: { path: "^lib/analytics/", pathNot: "^lib/analytics/($1|scope)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(\\.next|dist|\\.data|\\.cache)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};

/** The floor plan of docs/architecture.md: who may import whom. */
const OURS = "^(app|components|lib|drizzle|server|demo|testing|scripts|e2e|bench|examples)/";
const TESTS = "\\.(test|spec)\\.tsx?$|/testing/";
const server = (...rooms) => `^lib/(${rooms.join("|")})/`;

/** A folder that imports nothing of ours but itself and what is listed. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: TESTS },
  to: { path: OURS, pathNot: [from, ...allowed] },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "nobody-imports-app",
      severity: "error",
      from: { pathNot: "^app/" },
      to: { path: "^app/" },
    },
    {
      name: "product-is-not-development",
      comment: "Demo, tests and benchmarks import the product, never the other way round.",
      severity: "error",
      from: {
        path: "^(app|components|lib|server|drizzle)/",
        pathNot: `${TESTS}|^drizzle/engine/(tests|proof)/`,
      },
      to: { path: "^(demo|testing|bench|e2e|scripts|examples)/" },
    },
    only(
      "absurd-is-pure",
      "^lib/absurd/",
      ["^lib/model/"],
      "The client layer runs in any Node program.",
    ),
    {
      name: "pure-parts-have-no-framework",
      severity: "error",
      from: { path: "^lib/(model|absurd|highway|timeline|diagnosis)/" },
      to: { path: "node_modules/(next|react|react-dom|drizzle-orm|server-only)/" },
    },
    only("model-is-the-ground", "^lib/model/", [], "The vocabulary imports nobody."),
    only(
      "timeline-is-pure",
      "^lib/timeline/",
      ["^lib/(absurd|model)/", "^lib/format\\.ts$"],
      "Rows in, spans out.",
    ),
    only(
      "diagnosis-is-pure",
      "^lib/diagnosis/",
      ["^lib/(absurd|model|timeline)/", "^lib/format\\.ts$"],
      "Rows in, sentences out.",
    ),
    only(
      "highway-is-pure",
      "^lib/highway/(?!view/)",
      ["^lib/(absurd|model)/", "^lib/analytics/types\\.ts$"],
      "The language and its interpreter run in any Node program.",
    ),
    only(
      "highway-view-is-pure",
      "^lib/highway/view/",
      [
        "^lib/highway/",
        "^lib/(absurd|model|timeline)/",
        "^lib/format\\.ts$",
        "^lib/analytics/(workflow-)?types\\.ts$",
      ],
      "Rows of a run in, states and annotated timelines out.",
    ),
    {
      name: "highway-language-runs-anywhere",
      comment:
        "absurd-dashboard/highway runs in browsers: it parses, builds and draws, and executes nothing.",
      severity: "error",
      from: {
        path: "^lib/highway/(highway\\.ts|(model|language|builder|diagrams|graph)/)",
        pathNot: TESTS,
      },
      to: { path: "^lib/highway/(machine|run|view|testing)/" },
    },
    only("ui-knows-no-domain", "^components/ui/", ["^lib/(cn|format|model/problem)\\.ts$"]),
    {
      name: "components-do-not-read-the-database",
      severity: "error",
      from: { path: "^components/" },
      to: { path: server("db", "analytics"), dependencyTypesNot: ["type-only"] },
    },
    {
      name: "app-writes-no-sql",
      severity: "error",
      from: { path: "^app/", pathNot: TESTS },
      to: {
        path: [server("db", "absurd"), "node_modules/(pg|drizzle-orm)/"],
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "analytics-only-reads",
      severity: "error",
      from: { path: "^lib/analytics/" },
      to: { path: "^lib/actions/" },
    },
    {
      name: "sub-rooms-of-analytics-are-private",
      comment:
        "Only the files at the top of lib/analytics are public. Benchmarks may measure a part.",
      severity: "error",
      from: { pathNot: `${TESTS}|^lib/analytics/|^bench/` },
      to: { path: "^lib/analytics/[^/]+/" },
    },
    {
      name: "sub-rooms-of-analytics-stay-apart",
      comment: "A sub-room imports itself and scope/. What joins two of them is a public file.",
      severity: "error",
      from: { path: "^lib/analytics/([^/]+)/", pathNot: TESTS },
      to: { path: "^lib/analytics/", pathNot: "^lib/analytics/($1|scope)/" },
    },
    {
      name: "query-runs-in-browsers",
      severity: "error",
      from: { path: "^lib/(query|search-params)/" },
      to: {
        path: server("db", "analytics", "actions", "identity"),
        dependencyTypesNot: ["type-only"],
      },
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

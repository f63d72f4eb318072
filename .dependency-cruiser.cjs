/** The floor plan of docs/architecture.md: who may import whom. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: "\\.test\\.tsx?$" },
  to: {
    path: "^(app|components|lib|drizzle|scripts|e2e|bench|examples)/",
    pathNot: [from, "^lib/analytics/types\\.ts$", ...allowed],
  },
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
    only("absurd-is-pure", "^lib/absurd/", [], "The client layer runs in any Node program."),
    {
      name: "absurd-has-no-framework",
      severity: "error",
      from: { path: "^lib/(absurd|highway|timeline|diagnosis)/" },
      to: { path: "node_modules/(next|react|react-dom|drizzle-orm|server-only)/" },
    },
    only("timeline-is-pure", "^lib/timeline/", ["^lib/absurd/"], "Rows in, spans out."),
    only(
      "diagnosis-is-pure",
      "^lib/diagnosis/",
      ["^lib/(absurd|timeline)/"],
      "Rows in, sentences out.",
    ),
    only("highway-is-pure", "^lib/highway/", ["^lib/absurd/"]),
    only("ui-knows-no-domain", "^components/ui/", ["^lib/(cn|format)\\.ts$"]),
    {
      name: "components-do-not-read-the-database",
      severity: "error",
      from: { path: "^components/" },
      to: { path: "^lib/(db|analytics|postgres|demo|testing)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "app-writes-no-sql",
      severity: "error",
      from: { path: "^app/", pathNot: "\\.test\\.tsx?$" },
      to: {
        path: ["^lib/(db|absurd|demo|postgres|testing)/", "node_modules/(pg|drizzle-orm)/"],
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
      name: "query-runs-in-browsers",
      severity: "error",
      from: { path: "^lib/(query|search-params)/" },
      to: { path: "^lib/(db|analytics|actions|auth)/", dependencyTypesNot: ["type-only"] },
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

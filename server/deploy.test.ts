/**
 * The files of `deploy/` agree with the product. `deploy-tools.long-test.ts` checks them with the tools that read them.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import manifest from "@/package.json" with { type: "json" };

const read = (file: string) => readFileSync(path.join("deploy", file), "utf8");
const KUBERNETES = readdirSync("deploy/kubernetes").filter((file) => file.endsWith(".yaml"));

/** Values of all keys with this name, at any depth. */
function collect(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((one) => collect(one, key));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key ? [inner] : collect(inner, key),
  );
}

test("every file uses the package's version", () => {
  const chart = parse(read("helm/absurd-dashboard/Chart.yaml"));
  expect([chart.version, chart.appVersion]).toEqual([manifest.version, manifest.version]);
  expect(parse(read("kubernetes/kustomization.yaml")).images[0].newTag).toBe(manifest.version);
  expect(collect(parse(read("kubernetes/migrate-job.yaml")), "image")).toEqual([
    `absurd-dashboard:${manifest.version}`,
  ]);
});

test("probes request existing routes, and none restarts a pod because of the database", () => {
  const deployment = parse(read("kubernetes/deployment.yaml"));
  const [basePath] = collect(deployment, "env")
    .flat()
    .filter((one) => (one as { name: string }).name === "BASE_PATH")
    .map((one) => (one as { value: string }).value);
  const paths = collect(deployment, "httpGet").map((one) => (one as { path: string }).path);
  expect(paths).toHaveLength(3);
  for (const one of paths) {
    expect(one.startsWith(`${basePath}/`)).toBe(true);
    expect(existsSync(`app${one.slice(basePath?.length)}/route.ts`)).toBe(true);
    expect(one).not.toMatch(/ready$|health$/);
  }
  const [rule] = collect(parse(read("kubernetes/ingress.yaml")), "paths").flat();
  expect((rule as { path: string }).path).toBe(basePath);
});

test.each(["deployment.yaml", "migrate-job.yaml"])(
  "%s runs unprivileged, with a read-only root file system",
  (file) => {
    const [container] = collect(parse(read(`kubernetes/${file}`)), "containers").flat();
    expect(container).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      resources: { limits: { memory: expect.any(String) } },
    });
    expect(collect(parse(read(`kubernetes/${file}`)), "runAsNonRoot")).toEqual([true]);
  },
);

test("the image and the compose file run unprivileged and read-only, with secrets in files", () => {
  const docker = read("docker/Dockerfile");
  expect(docker).toMatch(/^USER 65532:65532$/m);
  expect(docker).toMatch(/^HEALTHCHECK [\s\S]*?"doctor", "--probe"\]$/m);
  // A Compose tag that YAML parsers don't know.
  const compose = read("docker/compose.yaml").replace("!reset ", "");
  const { dashboard } = parse(compose).services;
  expect(dashboard).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
  expect(Object.keys(dashboard.environment).every((name) => name.endsWith("_FILE"))).toBe(true);
});

test.each(KUBERNETES)("%s is YAML with a kind", (file) => {
  for (const document of parseAllDocuments(read(`kubernetes/${file}`))) {
    expect(document.errors).toEqual([]);
    expect(document.toJS()).toMatchObject({
      apiVersion: expect.any(String),
      kind: expect.any(String),
    });
  }
});

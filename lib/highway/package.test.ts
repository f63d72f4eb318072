import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPackage, type PackageProject } from "@/testing/installed/install-package";

const TYPESCRIPT = path.resolve("node_modules/typescript/bin/tsc");

let project: PackageProject;
beforeAll(async () => {
  project = await installPackage(["lib/absurd", "lib/model", "lib/highway"]);
}, 180_000);
afterAll(() => project.remove());

test("a JavaScript program parses, builds, checks and draws workflows with the package", async () => {
  await project.write(
    "program.js",
    `import { buildGraph, hasErrors, parseWorkflow, serializeWorkflow, toGraphviz, toMermaid,
       validateWorkflow, WorkflowBuilder, workflowHash } from "absurd-dashboard/highway";

     const built = new WorkflowBuilder("order_intake")
       .task("load", "orders.load", { args: ["{{ inputs.id }}"] })
       .reflexive("draft", "texts.write", "texts.check")
       .build();
     const text = serializeWorkflow(built, "yaml");
     const { workflow, problems } = parseWorkflow(text);
     const drawn = [toMermaid(workflow, { style: "rich" }), toGraphviz(workflow)];
     const isSame = workflowHash(workflow) === workflowHash(built);
     console.log(problems.length, isSame, buildGraph(workflow).nodes.length, drawn.every((one) => one.includes("draft")));
     console.log(hasErrors(validateWorkflow({ name: "A" })));`,
  );
  const { stdout } = await project.run(["program.js"]);
  expect(stdout).toBe("0 true 2 true\ntrue\n");
});

test("a TypeScript program is checked against the package's types, without those of Node", async () => {
  await project.write("tsconfig.json", {
    compilerOptions: {
      target: "es2023",
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: [],
    },
    include: ["*.ts"],
  });
  await project.write(
    "program.ts",
    `import { type Operator, parseWorkflow, type Problem, WorkflowBuilder } from "absurd-dashboard/highway";

     const { workflow, problems } = parseWorkflow("name: a");
     export const first: Problem | undefined = problems[0];
     export const types: string[] = Object.values(workflow?.tasks ?? {}).map((one: Operator) => one.operator_type);
     new WorkflowBuilder("a").multiChoice("c", { left: { when: "true", do: (b) => b.wait("w", "PT5S") } });
     // @ts-expect-error A status is one of three words.
     new WorkflowBuilder("a").terminate("t", { status: "done" });`,
  );
  await project.run([TYPESCRIPT]);
  await project.run([TYPESCRIPT, "--module", "preserve", "--moduleResolution", "bundler"]);
}, 180_000);

test("the package needs neither Node, PostgreSQL nor the rest of the dashboard", async () => {
  const root = path.join(project.folder, "node_modules/absurd-dashboard/dist");
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = await readFile(file, "utf8");
    for (const [, name = ""] of text.matchAll(/(?:from|import) "([^"]+)"/g)) {
      if (name.startsWith(".")) await visit(path.resolve(path.dirname(file), name));
      else
        packages.add(
          name
            .split("/")
            .slice(0, name.startsWith("@") ? 2 : 1)
            .join("/"),
        );
    }
    expect(text).not.toMatch(/\b(?:process|Buffer|require)\b[.(]/);
  };
  await visit(path.join(root, "highway/highway.js"));
  expect([...packages].sort()).toEqual(["@noble/hashes", "croner", "lossless-json", "yaml"]);
  const outside = [...seen].map((file) => path.relative(root, file).replaceAll(path.sep, "/"));
  expect(outside.filter((file) => !file.startsWith("highway/")).sort()).toEqual([
    "absurd/connection/json.js",
    "absurd/errors.js",
    "model/work/json-values.js",
    "model/work/turns.js",
  ]);
  const files = await readdir(path.join(root, "highway"), { recursive: true });
  expect(files.filter((file) => /test|fixtures/.test(file))).toEqual([]);
});

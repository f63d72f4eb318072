import { numberAt, TENANTS } from "@/demo/company";
import { WORKFLOWS } from "@/demo/queues";
import type { Random } from "@/demo/random";
import { decideSome } from "@/demo/workflows/approvals";
import { catalogueEtl } from "@/demo/workflows/catalogue-etl";
import { creditReview } from "@/demo/workflows/credit-review";
import { WORKFLOW_FUNCTIONS } from "@/demo/workflows/functions";
import { supplierImport } from "@/demo/workflows/supplier-import";
import type { Workload } from "@/demo/workload";
import type { Workflow } from "@/lib/highway/model/workflow";
import { startWorkflow } from "@/lib/highway/run/start";
import { storeWorkflow } from "@/lib/highway/run/store";
import { registerHighway } from "@/lib/highway/run/worker";
import type { JsonObject } from "@/lib/model/json";

type Kind = {
  workflow: Workflow;
  tenantId: (typeof TENANTS)[number]["id"];
  inputs: (random: Random) => JsonObject;
  tags: JsonObject;
};

const KINDS: Kind[] = [
  {
    workflow: catalogueEtl,
    tenantId: "nordlys",
    inputs: (random) => ({ region: random.pick(["eu", "us", "apac"]), batches: random.int(3, 6) }),
    tags: { team: "catalogue" },
  },
  {
    workflow: creditReview,
    tenantId: "mueller-soehne",
    inputs: (random) => ({
      merchant: random.pick(TENANTS).name,
      amount: random.int(5, 120) * 1_000,
    }),
    tags: { team: "credit", channel: "web" },
  },
  {
    workflow: supplierImport,
    tenantId: "kyoto-gear",
    inputs: (random) => ({ supplier: random.pick(["Fjellrev", "Tatonka", "ALPS & Söhne"]) }),
    tags: { team: "purchasing" },
  },
];

let arrived = 0;

/** Alternates between Highway workflows: one with branches and loops, one that waits for a person, one that fails. */
export const workflows: Workload = {
  queue: WORKFLOWS,
  every: 30,
  register(app, pool) {
    const functions = WORKFLOW_FUNCTIONS;
    registerHighway(app, { db: pool, queue: WORKFLOWS, functions });
  },

  async arrive({ pool, random }) {
    await decideSome(pool);
    const kind = KINDS[arrived++ % KINDS.length];
    if (!kind) return;
    const { tenantId } = kind;
    const definitionId = await storeWorkflow(pool, kind.workflow, {
      tenantId,
      createdBy: "deploy",
      sourceFormat: "builder",
    });
    await startWorkflow(pool, WORKFLOWS, kind.workflow, {
      definitionId,
      tenantId,
      inputs: kind.inputs(random),
      createdBy: random.pick(["api-gateway", "scheduler", "backoffice"]),
      tags: { ...kind.tags, request: numberAt("REQ", new Date()) },
    });
  },
};

import { createRandom } from "@/demo/random";
import { work } from "@/demo/workload";
import type { FunctionCall, WorkflowFunctions } from "@/lib/highway/run/functions";

/** Randomness that is the same in every execution of a run's operator. */
function chance({ workflowRunId, path }: FunctionCall) {
  return createRandom(`${workflowRunId}:${path}`);
}

/** Waits about `seconds`, with a different duration for each call. */
function busy(call: FunctionCall, seconds: number): Promise<void> {
  return work(seconds * (0.5 + chance(call).unit()));
}

class BureauUnavailableError extends Error {
  override name = "BureauUnavailableError";
}
class ReconciliationError extends Error {
  override name = "ReconciliationError";
}

/** Functions called by the demo's workflows. */
export const WORKFLOW_FUNCTIONS: WorkflowFunctions = {
  "catalogue.manifest": async (call) => {
    await busy(call, 0.6);
    const count = Math.min(50, Math.max(1, Number(call.args[1]) || 1));
    const random = chance(call);
    const batches = Array.from({ length: count }, (_, index) => ({
      id: `B-${String(index + 1).padStart(3, "0")}`,
      rows: random.int(800, 12_000),
    }));
    return { region: call.args[0], batches, rejects: random.chance(0.4) ? random.int(1, 40) : 0 };
  },
  "catalogue.download": async (call) => {
    await busy(call, 2.5);
    // The price service is sometimes overloaded; the next attempt succeeds.
    if (call.args[0] === "prices" && call.attempt === 1 && chance(call).chance(0.4))
      throw new Error("503 Service Unavailable: prices.internal is overloaded");
    return { file: `s3://exports/${call.args[0]}.parquet`, rows: chance(call).int(9_000, 90_000) };
  },
  "catalogue.clean": (call) => busy(call, 1.5).then(() => ({ dropped: chance(call).int(0, 90) })),
  "catalogue.convert": (call) =>
    busy(call, 0.8).then(() => ({ currencies: ["EUR", "NOK", "JPY"] })),
  "catalogue.transform": async (call) => {
    await busy(call, 1.2);
    return chance(call).int(700, 11_000);
  },
  "catalogue.upsert": (call) =>
    busy(call, 0.8).then(() => ({ id: call.args[0], rows: call.args[1] })),
  "catalogue.report": (call) => busy(call, 0.3).then(() => ({ rejects: call.args[0] })),
  "catalogue.poll": (call) => busy(call, 0.3).then(() => `${33 * (Number(call.args[0]) + 1)} %`),
  "catalogue.suggestions": (call) =>
    busy(call, 3).then(() => ({ terms: chance(call).int(900, 4_000) })),

  "credit.load": async (call) => {
    await busy(call, 0.5);
    const [merchant, amount, currency] = call.args;
    return { merchant, amount, currency, yearsOnPlatform: chance(call).int(1, 9) };
  },
  "credit.bureau": async (call) => {
    await busy(call, 1.5);
    if (call.attempt <= chance(call).int(0, 2))
      throw new BureauUnavailableError("The bureau's gateway closed the connection");
    return { score: chance(call).int(300, 850) };
  },
  "credit.turnover": (call) =>
    busy(call, 2).then(() => ({ monthly: chance(call).int(4_000, 190_000) })),
  "credit.score": async (call) => {
    await busy(call, 0.7);
    const level = chance(call).pick(["low", "medium", "medium", "medium", "high"]);
    return { level, reasons: level === "low" ? [] : ["short history", "amount above turnover"] };
  },
  "credit.decide": (call) =>
    busy(call, 0.3).then(() => ({ approved: call.args[0], by: call.args[1] })),
  "credit.tell": (call) => busy(call, 0.4).then(() => ({ told: call.args[0] })),

  "supplier.open": async (call) => {
    await busy(call, 0.5);
    const files = ["notes-1.csv", "notes-2.csv", "notes-3.csv"].slice(0, chance(call).int(2, 3));
    return { id: `S-${chance(call).hex(6)}`, supplier: call.args[0], files };
  },
  "supplier.download": (call) =>
    busy(call, 1.5).then(() => ({ bytes: chance(call).int(9_000, 900_000) })),
  "supplier.parse": (call) => busy(call, 0.8).then(() => ({ lines: chance(call).int(40, 900) })),
  "supplier.reconcile": async (call) => {
    await busy(call, 1);
    const random = chance(call);
    throw new ReconciliationError(
      `Delivered ${random.int(400, 900)} of ${random.int(901, 1_200)} ordered: the note and the order differ`,
    );
  },
  "supplier.alert": (call) =>
    busy(call, 0.3).then(() => ({ to: "buyers@example.com", about: call.args })),
  "supplier.publish": () => null,
  "supplier.close": (call) => busy(call, 0.3).then(() => ({ closed: call.args[0] })),
};

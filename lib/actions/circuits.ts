"use server";

import * as z from "zod";
import { closeCircuit } from "@/lib/highway/run/circuit";
import { ProblemError } from "@/lib/model/problem";
import { defineAction } from "./define-action";
import { guards } from "./tenant-guards";

const text = z.string().min(1).max(2_000);

/**
 * Closes the circuit breaker of an operator, for all runs of its workflow name in the tenant. Refused as
 * `state_changed` if the circuit has changed since the person saw it.
 */
export const closeCircuitAction = defineAction({
  name: "close circuit",
  permission: "close circuit",
  input: z.object({
    tenantId: text,
    workflowName: text,
    operator: text,
    /** The circuit's revision when it was read. */
    revision: text,
  }),
  guard: guards.tenant,
  run: async ({ revision, ...circuit }, { db }) => {
    if (!(await closeCircuit(db, circuit, revision)))
      throw new ProblemError({
        code: "state_changed",
        message: "The circuit has changed in between.",
        hint: "Look at its state again; it may have closed by itself.",
      });
    return circuit;
  },
});

import type { JsonObject } from "../../model/json.ts";
import type { JoinOperator } from "../model/workflow.ts";
import { completed, failed, OperatorError, type Outcome } from "./outcome.ts";
import { isBad, type OperatorState } from "./plan.ts";
import type { Run } from "./run.ts";

/** Ends a join that has what its mode asks for. The states it saw are recorded, since later ones may differ. */
export async function judgeJoin(
  run: Run,
  operator: JoinOperator,
  path: string,
  stateOf: (id: string) => OperatorState | undefined,
): Promise<Outcome> {
  const ids = operator.join_tasks;
  const unknown = ids.find(
    (id) => stateOf(id) === undefined && run.journal.get(path) === undefined,
  );
  if (unknown !== undefined)
    return failed(new OperatorError("UnknownTask", `There is no task '${unknown}' to join.`));
  const seen = await run.journal.once(path, () =>
    Object.fromEntries(ids.map((id): [string, string] => [id, stateOf(id) ?? "running"])),
  );
  const members = Object.entries(seen as JsonObject) as [string, OperatorState][];
  const counted = members.filter(([, state]) => state !== "skipped" && state !== "running");
  const bad = counted.find(([, state]) => isBad(state));
  const isGood = counted.some(([, state]) => state === "completed");
  const refuse = (id: string) =>
    failed(new OperatorError("JoinFailed", `Task '${id}' did not succeed.`));
  switch (operator.join_mode) {
    case "all_of":
      return completed(seen);
    case "any_of": {
      const first = counted[0];
      return first && isBad(first[1]) ? refuse(first[0]) : completed(seen);
    }
    case "all_success":
      return bad ? refuse(bad[0]) : completed(seen);
    case "one_success":
      return isGood || !bad ? completed(seen) : refuse(bad[0]);
  }
}

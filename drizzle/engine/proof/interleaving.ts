import { inspect, isDeepStrictEqual } from "node:util";
import { DatabaseError } from "pg";
import type { Command, Pick, Target } from "./commands";
import { execute } from "./execute";
import { findViolations } from "./invariants";
import { perform } from "./model/perform";
import { Refusal } from "./model/refusal";
import { isActive, type Snapshot } from "./model/rows";
import { type Oracle, World } from "./model/world";
import type { Row, Session } from "./session";
import { getSnapshot } from "./snapshot";

/** 2026-03-02 12:00:00 UTC */
const START = 1_772_452_800;

type Answer = { rows: Row[] } | { refused: string };

/**
 * Runs the commands on a queue of the engine and on the model, starting from empty tables. After each command it
 * compares the results and all columns of all rows, and checks the invariants.
 *
 * @throws Error with the command and the difference.
 */
export async function runInterleaving(
  session: Session,
  queue: { name: string; partitioned: boolean },
  commands: Command[],
  reached: Set<string>,
): Promise<void> {
  const tables = queue.partitioned ? "trcewi" : "trcew";
  await session.client.query(
    [...tables].map((prefix) => `delete from absurd.${prefix}_${queue.name}`).join(";"),
  );
  const world = new World(queue.name, queue.partitioned, START, reached);
  // Commands may refer to every run and task, including those that were cleaned up.
  const seen: Target[] = [];
  await setClock(session, world.now);

  for (const [index, command] of commands.entries()) {
    const where = `command ${index + 1}, ${inspect(command, { breakLength: Number.POSITIVE_INFINITY })}`;
    if (command.do === "advance") {
      world.now += command.seconds;
      await setClock(session, world.now);
      continue;
    }
    const target = choose(world, seen, command);
    if (!target) continue;
    const actual = await getAnswer(() => execute(session, queue.name, command, target, world.now));
    const after = await getSnapshot(session.client, queue.name, queue.partitioned);
    const expected = await getAnswer(() =>
      world.atomically(() => perform(world, command, target, createOracle(world, after))),
    );
    mustEqual(`answer of ${where}`, actual, expected);
    mustEqual(`rows after ${where}`, after, world.snapshot());
    const violations = findViolations(after);
    if (violations.length > 0) throw new Error(`after ${where}: ${violations.join("; ")}`);
    for (const run of after.runs)
      if (!seen.some(({ runId }) => runId === run.run_id))
        seen.push({ taskId: run.task_id, runId: run.run_id });
  }
}

async function setClock(session: Session, now: number) {
  await session.query("select set_config('absurd.fake_now', $1, false)", [
    new Date(now * 1000).toISOString(),
  ]);
}

async function getAnswer(act: () => Row[] | Promise<Row[]>): Promise<Answer> {
  try {
    return { rows: await act() };
  } catch (error) {
    if (error instanceof Refusal || error instanceof DatabaseError)
      return { refused: `${error.code} ${error.message}` };
    throw error;
  }
}

/** `undefined` if the command needs a run or task and none exists yet. */
function choose(world: World, seen: Target[], command: Command): Target | undefined {
  const pick: Pick | undefined =
    "run" in command ? command.run : "task" in command ? command.task : undefined;
  if (!pick) return { taskId: "", runId: "" };
  const apt = seen.filter((target) => isApt(world, command, target));
  const among = pick.apt && apt.length > 0 ? apt : seen;
  return among[pick.index % among.length];
}

/** Most commands apply only to running runs and active tasks, and refuse others. */
function isApt(world: World, command: Command, { taskId, runId }: Target): boolean {
  const task = world.tasks.get(taskId);
  if ("run" in command) return world.runs.get(runId)?.state === "running";
  if (command.do === "retry") return task?.state === "failed";
  return task !== undefined && isActive(task);
}

function createOracle(world: World, after: Snapshot): Oracle {
  const known = new Set(world.tasks.keys());
  const must = (id: string | undefined, what: string) => {
    if (!id) throw new Error(`the engine created no ${what}`);
    return id;
  };
  return {
    newTask: () => must(after.tasks.find(({ task_id }) => !known.has(task_id))?.task_id, "task"),
    newRun: (taskId, attempt) =>
      must(
        after.runs.find((run) => run.task_id === taskId && run.attempt === attempt)?.run_id,
        `attempt ${attempt}`,
      ),
    keptTask: (taskId) => after.tasks.some(({ task_id }) => task_id === taskId),
    keptEvent: (name) => after.events.some(({ event_name }) => event_name === name),
  };
}

function mustEqual(what: string, actual: unknown, expected: unknown) {
  if (isDeepStrictEqual(actual, expected)) return;
  const show = (value: unknown) => JSON.stringify(value, null, 1);
  throw new Error(`${what}\nengine: ${show(actual)}\nmodel: ${show(expected)}`);
}

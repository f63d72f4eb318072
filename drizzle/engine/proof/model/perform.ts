import type { Command, Target } from "../commands";
import type { Row } from "../session";
import { canonical } from "./canonical";
import { listCheckpoints, setCheckpoint } from "./checkpoints";
import { cleanupEvents, cleanupTasks } from "./cleanup";
import { awaitEvent, emitEvent } from "./events";
import { cancelTask, claimTask, completeRun, extendClaim, failRun, scheduleRun } from "./runs";
import { retryTask, spawnTask } from "./spawn";
import { type Oracle, sorted, type World } from "./world";

/** Applies a command to the model. @throws Refusal if the engine must refuse. */
export function perform(world: World, command: Command, target: Target, oracle: Oracle): Row[] {
  const { taskId, runId } = target;
  switch (command.do) {
    case "spawn":
      return spawnTask(world, "work", '{"n": 1}', command.options, oracle);
    case "claim":
      return claimTask(world, command.worker, command.lease, command.quantity, oracle);
    case "checkpoint": {
      const { step, state, extendBy } = command;
      setCheckpoint(world, taskId, step, canonical(state), runId, extendBy);
      return [];
    }
    case "schedule":
      scheduleRun(world, runId, world.now + command.in);
      return [];
    case "await":
      return awaitEvent(world, taskId, runId, command.step, command.event, command.timeout);
    case "emit":
      emitEvent(world, command.event, canonical(command.payload));
      return [];
    case "complete":
      completeRun(world, runId, canonical(command.result));
      return [];
    case "fail": {
      const retryAt = command.retryIn === null ? null : world.now + command.retryIn;
      failRun(world, runId, canonical(command.reason), retryAt, oracle);
      return [];
    }
    case "extend":
      extendClaim(world, runId, command.seconds);
      return [];
    case "retry":
      return retryTask(world, taskId, command.options, oracle);
    case "cancel":
      cancelTask(world, taskId);
      return [];
    case "cleanup tasks":
      return [{ cleanup_tasks: cleanupTasks(world, command.ttl, command.limit, oracle) }];
    case "cleanup events":
      return [{ cleanup_events: cleanupEvents(world, command.ttl, command.limit, oracle) }];
    case "list checkpoints":
      return sorted(listCheckpoints(world, taskId, runId), (row) => row.checkpoint_name);
    case "get result":
      return getResult(world, taskId);
    case "advance":
      return [];
  }
}

function getResult(world: World, taskId: string): Row[] {
  const task = world.tasks.get(taskId);
  if (!task) return [];
  const last = world.runs.get(task.last_attempt_run ?? "");
  return [
    {
      task_id: taskId,
      state: task.state,
      result: task.state === "completed" ? task.completed_payload : null,
      failure_reason: task.state === "failed" ? (last?.failure_reason ?? null) : null,
    },
  ];
}

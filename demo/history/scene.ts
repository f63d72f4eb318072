import type { Random } from "@/demo/random";
import type { Json } from "@/lib/model/json";
import { PastTask, type PastTaskOptions } from "./past-task";
import type { EventRow } from "./rows";

/** A part of the past: tasks that belong together, and the events between them. */
export class Scene {
  readonly tasks: PastTask[] = [];
  readonly events: { queue: string; row: EventRow }[] = [];

  constructor(
    /** Its start, in milliseconds. */
    readonly at: number,
    readonly random: Random,
  ) {}

  spawn(queue: string, name: string, at: number, options: PastTaskOptions): PastTask {
    const task = new PastTask(queue, name, at, this.random, options);
    this.tasks.push(task);
    return task;
  }

  /** Emits an event and wakes the scene's tasks that wait for it. */
  emit(queue: string, name: string, payload: Json, at: number): void {
    this.events.push({
      queue,
      row: { event_name: name, payload: { json: payload }, emitted_at: at },
    });
    for (const task of this.tasks)
      if (task.queue === queue && task.wait?.event_name === name) task.wake(payload, at);
  }

  /** The events as in the engine's table: a sentinel row for each that was awaited but never emitted. */
  eventsOf(queue: string): EventRow[] {
    const emitted = this.events.filter((event) => event.queue === queue).map(({ row }) => row);
    const names = new Set(emitted.map((row) => row.event_name));
    const awaited = this.tasks
      .filter((task) => task.queue === queue)
      .flatMap((task) => task.awaited)
      .filter((name) => !names.has(name));
    return [
      ...emitted,
      ...[...new Set(awaited)].map((name) => ({ event_name: name, payload: null, emitted_at: 0 })),
    ];
  }

  /** Whether everything in the scene ended before the instant. */
  isOverBy(instant: number): boolean {
    return (
      this.tasks.every((task) => task.at <= instant) &&
      this.events.every(({ row }) => row.emitted_at <= instant)
    );
  }
}

/** An error that the engine must raise. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const plain = (message: string) => new Refusal("P0001", message);
export const taskCancelled = () => new Refusal("AB001", "Task has been cancelled");
export const alreadyFailed = (run: string, queue: string) =>
  new Refusal("AB002", `Run "${run}" has already failed in queue "${queue}"`);

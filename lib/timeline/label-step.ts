/** A checkpoint's name as people know it: the event or task it waits for, without the SDK's prefix. */
export function labelStep(name: string): string {
  return name.replace(/^\$awaitEvent:/, "").replace(/^\$awaitTaskResult:/, "result of ");
}

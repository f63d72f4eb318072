/** Work that may pause at each yield. Between two of them it takes a few milliseconds. */
export type Pausing<Result> = Generator<undefined, Result>;

/** Milliseconds after which work yields to other requests. */
const TURN = 5;

/** Does the work in turns, so that other requests are served in between. */
export async function workInTurns<Result>(work: Pausing<Result>): Promise<Result> {
  for (let since = performance.now(); ; ) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - since < TURN) continue;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
}

/** Maps the items in turns, in their order. */
export function mapInTurns<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
): Promise<Result[]> {
  function* work(): Pausing<Result[]> {
    const results: Result[] = [];
    for (const item of items) {
      if (results.length > 0) yield;
      results.push(map(item));
    }
    return results;
  }
  return workInTurns(work());
}

/** Does the work without a pause. */
export function workAtOnce<Result>(work: Pausing<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

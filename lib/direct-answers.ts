/** A request by GET, as the server received it. */
export type DirectRequest = {
  /** Path with the base path, and query string. */
  url: string;
  headers: Headers;
  /** Aborted when the client leaves. */
  signal: AbortSignal;
};

/** Answers a request; `null` for one that the framework must answer. */
export type AnswerDirectly = (request: DirectRequest) => Promise<Response> | null;

// The server and the routes are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.direct-answers");
const shared = globalThis as { [KEY]?: AnswerDirectly };

/** Lets the server around the framework answer requests by this function. */
export function offerDirectAnswers(answer: AnswerDirectly): void {
  shared[KEY] = answer;
}

/** See `AnswerDirectly`; `null` until answers are offered. */
export const answerDirectly: AnswerDirectly = (request) => shared[KEY]?.(request) ?? null;

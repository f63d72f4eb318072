/** An error as a client stored it, with its causes. Free of terminal codes. */
export type RecordedError = {
  /** Its class; `null` where none is stored. */
  name: string | null;
  /** The message, or the stored value as JSON if it has no message. */
  message: string;
  /** Whether `message` is a stored value, which then distinguishes errors as a whole. */
  isValue: boolean;
  /** Such as `ECONNREFUSED`. */
  code: string | null;
  /** The stack or traceback. */
  trace: string | null;
  cause: RecordedError | null;
  /** The errors of an aggregate. */
  errors: RecordedError[];
};

/** Levels of causes that are parsed: a cause may refer to itself. */
const DEPTH = 8;
/** Errors of an aggregate that are parsed. */
const MOST_ERRORS = 20;

/**
 * Parses a failure reason of any JSON shape. Clients write `{name, message}` with `stack` or `traceback`, or
 * `{message}`; other clients write strings, numbers, lists and objects of their own.
 *
 * @param text the value as JSON, shown if it has no message.
 */
export function parseRecordedError(value: unknown, text: string): RecordedError {
  return parse(value, text, DEPTH);
}

function parse(value: unknown, text: string, depth: number): RecordedError {
  const none = { name: null, code: null, trace: null, cause: null, errors: [] };
  if (typeof value === "string")
    return { ...none, message: stripTerminalCodes(value), isValue: false };
  const shown = stripTerminalCodes(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { ...none, message: shown, isValue: true };
  const fields = value as Record<string, unknown>;
  const { name, message, code, cause, errors } = fields;
  const nested = (inner: unknown) => parse(inner, JSON.stringify(inner), depth - 1);
  const isNested = (inner: unknown) => inner !== undefined && inner !== null && depth > 0;
  return {
    name: typeof name === "string" && name !== "" ? stripTerminalCodes(name) : null,
    message: typeof message === "string" ? stripTerminalCodes(message) : shown,
    isValue: typeof message !== "string",
    code:
      typeof code === "string" || typeof code === "number" ? stripTerminalCodes(`${code}`) : null,
    trace: parseTrace(fields),
    cause: isNested(cause) ? nested(cause) : null,
    errors: Array.isArray(errors) && depth > 0 ? errors.slice(0, MOST_ERRORS).map(nested) : [],
  };
}

/** A trace is a text, or a list of its lines. */
function parseTrace({ stack, traceback }: Record<string, unknown>): string | null {
  for (const trace of [stack, traceback]) {
    const lines = Array.isArray(trace)
      ? trace.filter((line) => typeof line === "string").join("\n")
      : trace;
    if (typeof lines === "string" && lines !== "") return stripTerminalCodes(lines);
  }
  return null;
}

// Escape sequences as terminals parse them: CSI with parameters, strings such as titles and links up to their
// terminator, and two-character codes. What follows a string's start without a terminator is the message, and is kept.
// In JSON text the control characters are themselves escaped.
const ESCAPE = String.raw`(?:\u001b|\\u001b)`;
const TERMINAL_CODES = new RegExp(
  [
    String.raw`(?:${ESCAPE}\[|\u009b)[0-?]*[ -/]*[@-~]`,
    String.raw`(?:${ESCAPE}[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])(?:(?!\\u001b)[^\u0007\u001b\u0090\u0098\u009b-\u009f])*?(?:\u0007|\\u0007|\u009c|${ESCAPE}\\{1,2})`,
    String.raw`${ESCAPE}[ -/]*[0-Z\\^-~]?`,
    String.raw`[\u0090\u0098\u009b\u009d-\u009f]`,
  ].join("|"),
  "gi",
);

/** The text without terminal colours, links and cursor movements. */
export function stripTerminalCodes(text: string): string {
  return text.replace(TERMINAL_CODES, "");
}

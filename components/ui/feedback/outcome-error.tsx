import { Icon } from "../icons/icon";

/** Why something did not happen; the message says whether anything changed. */
export type Failure = { title: string; message: string; hint?: string | undefined; code?: string };

/** Why something did not happen, inside a dialog. */
export function OutcomeError({ failure }: { failure: Failure }) {
  return (
    <div
      role="alert"
      className="mt-3 rounded-2 border border-failed-line bg-failed-soft px-3 py-2 text-ink-2"
    >
      <p className="flex items-center gap-2 font-semibold text-ink">
        <Icon name="octagon-x" strokeWidth={2} className="shrink-0 text-failed-solid" />
        {failure.title}
      </p>
      <p className="mt-1 break-words">{failure.message}</p>
      {failure.hint && <p className="mt-1">{failure.hint}</p>}
      {failure.code && (
        <p className="mt-1 text-12 text-ink-3">
          Code <code className="mono">{failure.code}</code>
        </p>
      )}
    </div>
  );
}

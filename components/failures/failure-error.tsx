import { Fragment } from "react";

/** An error as its group sees it: the name, then the message with what varies in it shown as such. */
export function FailureError({ name, pattern }: { name: string | null; pattern: string }) {
  return (
    <span className="mono">
      {name && <span className="text-failed">{name}</span>}
      {name && pattern && " "}
      <span className="text-ink-2">
        {pattern.split(/(<\w+>|(?:"…"|'…'|`…`))/).map((part, index) =>
          index % 2 === 1 ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no identity but their place
            <span key={index} className="text-ink-3">
              {part}
            </span>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no identity but their place
            <Fragment key={index}>{part}</Fragment>
          ),
        )}
      </span>
      {!name && !pattern && <span className="text-ink-3">without an error</span>}
    </span>
  );
}

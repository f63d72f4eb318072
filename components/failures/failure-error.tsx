import { Fragment } from "react";
import { Name } from "@/components/ui/text/name";

/** The error of a group: its name, and its message with placeholders for the parts that vary. */
export function FailureError({ name, pattern }: { name: string | null; pattern: string }) {
  return (
    <span className="mono">
      {name && (
        <span className="text-failed">
          <Name text={name} />
        </span>
      )}
      {name && pattern && " "}
      <bdi className="text-ink-2">
        {pattern.split(/(<\w+>|(?:"…"|'…'|`…`))/).map((part, index) =>
          index % 2 === 1 ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts are identified by their position
            <span key={index} className="text-ink-3">
              {part}
            </span>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts are identified by their position
            <Fragment key={index}>{part}</Fragment>
          ),
        )}
      </bdi>
      {!name && !pattern && <span className="text-ink-3">no error recorded</span>}
    </span>
  );
}

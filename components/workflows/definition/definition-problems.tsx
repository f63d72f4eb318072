import { Icon } from "@/components/ui/icons/icon";
import type { Problem } from "@/lib/highway/model/problem";

/** Errors and warnings of a definition, with hints. A definition with errors cannot be run. */
export function DefinitionProblems({ problems }: { problems: readonly Problem[] }) {
  return (
    <ul className="divide-y divide-line-subtle">
      {problems.map(({ severity, path, message, hint }) => {
        const isError = severity === "error";
        return (
          <li key={`${path} ${message}`} className="flex gap-2 px-3 py-2 wide:px-4">
            <span className="sr-only">{severity}</span>
            <Icon
              name={isError ? "octagon-x" : "triangle-alert"}
              size={14}
              className={`mt-0.5 shrink-0 ${isError ? "text-failed" : "text-pending"}`}
            />
            <div className="min-w-0 break-words">
              <p>{message}</p>
              {path && <code className="mono break-all text-ink-2">{path}</code>}
              {hint && <p className="text-ink-2">{hint}</p>}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

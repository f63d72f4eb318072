"use client";
import { diffLines } from "diff";
import { cn } from "@/lib/cn";

const LONGEST = 100_000;

/** What an edited JSON text changes, line by line. */
export function RunAgainDiff({ what, from, to }: { what: string; from: string; to: string }) {
  if (from.length + to.length > LONGEST)
    return (
      <p className="mt-1 text-12 text-ink-3">The {what} are too large to compare line by line.</p>
    );
  const parts = diffLines(`${from}\n`, `${to}\n`);
  return (
    <section
      aria-label={`Changes of the ${what}`}
      className="mt-1 max-h-48 overflow-auto rounded-2 border bg-canvas py-1"
    >
      {parts.map((part, index) => (
        <Part
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
          key={index}
          sign={part.added ? "+" : part.removed ? "−" : " "}
          lines={part.value.replace(/\n$/, "").split("\n")}
        />
      ))}
    </section>
  );
}

/** Of unchanged lines so many are kept around a change. */
const AROUND = 2;

function Part({ sign, lines }: { sign: "+" | "−" | " "; lines: string[] }) {
  const shown =
    sign === " " && lines.length > AROUND * 2 + 1
      ? [...lines.slice(0, AROUND), "⋯", ...lines.slice(-AROUND)]
      : lines;
  return (
    <pre
      className={cn(
        "mono whitespace-pre-wrap break-all px-2 text-12 leading-[18px]",
        sign === "+" && "bg-completed-soft text-completed",
        sign === "−" && "bg-failed-soft text-failed",
        sign === " " && "text-ink-3",
      )}
    >
      {shown.map((line) => `${sign} ${line}`).join("\n")}
    </pre>
  );
}

import { Panel } from "@/components/ui/data/panel";
import { Banner } from "@/components/ui/feedback/banner";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { Icon } from "@/components/ui/icons/icon";
import type { IconName } from "@/components/ui/icons/icon-names";
import { Ticked } from "@/components/ui/text/ticked";
import { cn } from "@/lib/cn";
import type { Report, Verdict } from "@/lib/doctor/report";

const SIGNS: Record<Verdict, { icon: IconName; label: string; className: string }> = {
  ok: { icon: "circle-check", label: "OK", className: "text-completed-solid" },
  warning: { icon: "triangle-alert", label: "Warning", className: "text-pending-solid" },
  error: { icon: "x", label: "Error", className: "text-failed-solid" },
  skipped: { icon: "minus", label: "Not checked", className: "text-ink-3" },
};

const SUMMARIES: Record<Report["verdict"], string> = {
  ok: "Everything that was checked is in order.",
  warning: "The dashboard works; see the warnings.",
  error: "The dashboard cannot work; see the errors.",
};

/** The doctor's report: every check with its remedy, worst first. */
export function DiagnosticsView({ report, at }: { report: Report; at: string }) {
  const order: Verdict[] = ["error", "warning", "skipped", "ok"];
  const checks = [...report.checks].sort(
    (a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict),
  );
  return (
    <div className="flex flex-col gap-3 p-3 wide:p-4">
      <h1 className="sr-only">Diagnostics</h1>
      {report.verdict !== "ok" && (
        <Banner tone={report.verdict === "error" ? "bad" : "warning"} icon="search-check">
          {SUMMARIES[report.verdict]}
        </Banner>
      )}
      <Panel title="Checks" note={`by this server's clock at ${at}`}>
        <ul>
          {checks.map(({ id, verdict, message, hint }) => (
            <li
              key={`${id} ${message}`}
              className="flex gap-2 border-line-subtle border-b px-3 py-2 last:border-b-0"
            >
              <Icon
                name={SIGNS[verdict].icon}
                className={cn("mt-0.5 shrink-0", SIGNS[verdict].className)}
              />
              <div className="min-w-0">
                <p className="break-words">
                  <span className="sr-only">{SIGNS[verdict].label}: </span>
                  {message}
                </p>
                {hint && (
                  <p className="break-words text-ink-2">
                    <Ticked text={hint} />
                  </p>
                )}
              </div>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

export function DiagnosticsSkeleton() {
  return (
    <div className="flex flex-col gap-3 p-3 wide:p-4">
      <Skeleton className="h-80" />
    </div>
  );
}

import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { cn } from "@/lib/cn";
import { plural } from "@/lib/format";
import type { Circuit } from "@/lib/model/workflow";

const WORDS = { closed: "closed", open: "open", half_open: "half-open" } as const;

/** The state of a circuit breaker in a few words. */
export function formatCircuitState({ state }: Circuit): string {
  return WORDS[state];
}

/** The state of a circuit breaker and what happens next. */
export function CircuitState({ circuit }: { circuit: Circuit }) {
  const { state, failures, successes, retryAt, probeUntil } = circuit;
  return (
    <span>
      <strong className={cn("font-medium", state !== "closed" && "text-failed")}>
        {formatCircuitState(circuit)}
      </strong>
      {state === "closed" && failures > 0 && `, ${plural(failures, "failure")} in a row`}
      {state === "open" && retryAt !== null && (
        <>
          , no calls until <AbsoluteTime iso={retryAt} />
        </>
      )}
      {state === "half_open" && (
        <>
          {successes > 0 && `, ${plural(successes, "success", "successes")}`}
          {probeUntil !== null ? (
            <>
              , a call probes until <AbsoluteTime iso={probeUntil} />
            </>
          ) : (
            ", the next call probes"
          )}
        </>
      )}
    </span>
  );
}

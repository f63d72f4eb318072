"use client";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { LiveData } from "@/components/layout/live/live-data";
import { queuePath, taskPath } from "@/components/layout/paths";
import { CreateQueueButton } from "@/components/queues/list/create-queue-button";
import { SpawnButton } from "@/components/tasks/spawn/spawn-button";
import { ScrollBox } from "@/components/ui/data/scroll-box";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Button } from "@/components/ui/form/button";
import { CopyButton } from "@/components/ui/form/copy-button";
import { Icon } from "@/components/ui/icons/icon";
import { Link } from "@/components/ui/text/link";
import { cn } from "@/lib/cn";
import type { Setup } from "@/lib/model/rows/setup";
import { setupQuery } from "@/lib/query/setup";
import { listWorkerSnippets } from "./worker-snippets";

/** Polling interval of the steps in milliseconds, short so that a claim shows at once. */
const CHECK_MS = 2_000;

const LINK = "text-accent-text hover:underline";

/** Steps from an empty database to a completed task. Each is checked off automatically. */
export function GetStarted() {
  const query = useQuery({ ...setupQuery(), refetchInterval: CHECK_MS });
  return (
    <div className="mx-auto w-full max-w-3xl p-3 wide:p-6">
      <h1 className="font-semibold text-20 tracking-tight">Get started</h1>
      <LiveData whole query={query} skeleton={<SkeletonRows rows={6} columns={1} />}>
        {(setup) => <Steps setup={setup} />}
      </LiveData>
    </div>
  );
}

function Steps({ setup }: { setup: Setup }) {
  const { database, engine, hasDashboardTables, queues, newestTask, newestClaim } = setup;
  const [queue] = queues;
  return (
    <ol className="mt-4 flex flex-col gap-3">
      <Step done title={`Connected to ${database.name} as ${database.user}`} />
      <Step
        done={engine !== null}
        title={
          engine
            ? `Engine schema ${engine.version ?? "older than 0.2.0"} installed`
            : "Install the engine schema"
        }
      >
        {!engine && (
          <>
            <p>It goes into the schema absurd. Nothing else in the database changes.</p>
            <Command text="npm run db:migrate -- --engine" />
          </>
        )}
      </Step>
      <Step
        done={hasDashboardTables}
        title={
          hasDashboardTables ? "Dashboard tables installed" : "Install the dashboard’s own tables"
        }
      >
        {!hasDashboardTables && (
          <>
            <p>
              Optional: without them actions are not recorded, and there are no bulk operations.
            </p>
            <Command text="npm run db:migrate" />
          </>
        )}
      </Step>
      <Step
        done={queue !== undefined}
        title={queue === undefined ? "Create a queue" : `Queue ${queue} exists`}
      >
        {engine && (
          <div className="flex flex-wrap items-center gap-2">
            {queue === undefined ? (
              <CreateQueueButton />
            ) : (
              <Link href={queuePath(queue)} className={LINK}>
                Open queue
              </Link>
            )}
          </div>
        )}
      </Step>
      <Step
        done={newestClaim !== null}
        title={
          newestClaim
            ? `Worker ${newestClaim.worker ?? ""} has claimed from ${newestClaim.queue}`
            : "Start a worker"
        }
      >
        {!newestClaim && queue !== undefined && <WorkerSnippets url={database.url} queue={queue} />}
      </Step>
      <Step
        done={newestTask !== null}
        title={newestTask ? "A task was spawned" : "Spawn a test task"}
      >
        {queue !== undefined && (
          <div className="flex flex-wrap items-center gap-2">
            {newestTask ? (
              <Link href={taskPath(newestTask.queue, newestTask.taskId)} className={LINK}>
                Open the newest task
              </Link>
            ) : (
              <>
                <SpawnButton queue={queue} />
                <span>
                  Name it <code className="mono">hello</code>, which the worker above registers.
                </span>
              </>
            )}
          </div>
        )}
      </Step>
    </ol>
  );
}

function Step({ done, title, children }: { done: boolean; title: string; children?: ReactNode }) {
  return (
    <li className="flex gap-3 rounded-2 border bg-surface px-3 py-2.5">
      <Icon
        name={done ? "circle-check" : "circle-dashed"}
        className={cn("mt-0.5 shrink-0", done ? "text-completed-solid" : "text-ink-3")}
      />
      <div className="flex min-w-0 flex-1 flex-col gap-2 text-ink-2">
        <h2 className="break-words font-medium text-ink">
          {title}
          <span className="sr-only">{done ? " (done)" : " (open)"}</span>
        </h2>
        {children}
      </div>
    </li>
  );
}

function Command({ text }: { text: string }) {
  return (
    <div className="inline-flex max-w-full items-center gap-1 self-start rounded-2 border bg-canvas py-0.5 pr-1 pl-3">
      <ScrollBox className="overflow-x-auto">
        <code className="mono text-ink">{text}</code>
      </ScrollBox>
      <CopyButton text={text} label="Copy the command" />
    </div>
  );
}

function WorkerSnippets({ url, queue }: { url: string; queue: string }) {
  const snippets = listWorkerSnippets(url, queue);
  const [chosen, setChosen] = useState(0);
  const { install, text } = snippets[chosen] ?? { install: "", text: "" };
  return (
    <>
      <div className="flex gap-1">
        {snippets.map(({ language }, index) => (
          <Button
            key={language}
            variant="ghost"
            aria-pressed={index === chosen}
            onClick={() => setChosen(index)}
            className="aria-pressed:bg-active aria-pressed:text-ink"
          >
            {language}
          </Button>
        ))}
      </div>
      <Command text={install} />
      <div className="relative rounded-2 border bg-canvas">
        <ScrollBox className="overflow-x-auto">
          <pre className="mono p-3 text-12 text-ink">{text}</pre>
        </ScrollBox>
        <span className="absolute top-1 right-1">
          <CopyButton text={text} label="Copy the program" />
        </span>
      </div>
      <p>
        Put the password into the address, or set PGPASSWORD. This step turns green at the first
        claim.
      </p>
    </>
  );
}

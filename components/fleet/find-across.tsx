"use client";
import { useQueries } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { type FormEvent, useState } from "react";
import { DatabaseName } from "@/components/layout/frame/database-badge";
import { taskPath, workflowRunPath } from "@/components/layout/paths";
import { Panel } from "@/components/ui/data/panel";
import { Button } from "@/components/ui/form/button";
import { Field, Input } from "@/components/ui/form/field";
import { databasePrefix, withBase } from "@/lib/base-path";
import type { DatabaseLabel } from "@/lib/model/database";
import { findUuid, isUuid } from "@/lib/model/ids";
import { describeUnreadable } from "@/lib/model/queue";
import type { Found } from "@/lib/model/rows/found";
import { findInDatabaseQuery } from "@/lib/query/fleet";
import { parseShortId } from "@/lib/search-params/parsers";

/** Finds a task, attempt or workflow run by id in all databases. The id is kept in the URL. */
export function FindAcross({ databases }: { databases: readonly DatabaseLabel[] }) {
  const [id, setId] = useQueryState("id", parseAsString.withDefault(""));
  const [text, setText] = useState(id);
  const [problem, setProblem] = useState<string | null>(null);
  function submit(event: FormEvent) {
    event.preventDefault();
    const typed = text.trim().toLowerCase();
    const given = findUuid(typed) ?? typed;
    const isId = given === "" || isUuid(given) || parseShortId(given) !== null;
    setProblem(isId ? null : "Not an id. Paste it whole, or shortened as pages show it.");
    if (isId) setId(given || null);
  }
  return (
    <Panel title="Find by id" note="in all databases">
      <form onSubmit={submit} className="flex max-w-2xl items-start gap-2 px-3 py-2">
        <Field label="Id of a task, attempt or workflow run" error={problem}>
          {(ids) => (
            <Input
              {...ids}
              className="mono"
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
        <Button type="submit" className="mt-5">
          Find
        </Button>
      </form>
      {id !== "" && <Results databases={databases} id={id} />}
    </Panel>
  );
}

function Results({ databases, id }: { databases: readonly DatabaseLabel[]; id: string }) {
  const queries = useQueries({
    queries: databases.map(({ name }) => findInDatabaseQuery(name, id)),
  });
  const results = databases.map((database, place) => ({ database, query: queries[place] }));
  const hits = results.flatMap(({ database, query }) =>
    (query?.data?.found ?? []).map((hit) => ({ database, hit })),
  );
  const isPending = results.some(({ query }) => query?.isPending);
  const isComplete = results.every(({ query }) => query?.data?.unreadable.length === 0);
  return (
    <div className="border-line-subtle border-t px-3 py-2">
      <ul>
        {hits.map(({ database, hit }) => (
          <li key={`${database.name} ${keyOf(hit)}`} className="flex min-h-9 items-center gap-2">
            <DatabaseName database={database} />
            <a
              href={withBase(`${databasePrefix(database.name)}${pathTo(hit)}`)}
              className="font-medium text-accent-text hover:underline"
            >
              {hit.name}
            </a>
            <span className="text-12 text-ink-3">{describe(hit)}</span>
          </li>
        ))}
      </ul>
      <p aria-live="polite" className="text-ink-2 empty:hidden">
        {isPending && "Searching…"}
        {!isPending &&
          hits.length === 0 &&
          `No task, attempt or workflow run with this id${isComplete ? "" : " in what was searched"}.`}
      </p>
      {results.map(({ database, query }) => {
        const left = query?.error
          ? query.error.message
          : query?.data?.unreadable.length
            ? `not searched: ${describeUnreadable(query.data.unreadable)}.`
            : null;
        return (
          left !== null && (
            <p key={database.name} className="text-12 text-pending">
              {database.label}: {left}
            </p>
          )
        );
      })}
    </div>
  );
}

function keyOf(hit: Found): string {
  return hit.kind === "workflow" ? hit.workflowRunId : `${hit.taskId} ${hit.runId ?? ""}`;
}

function pathTo(hit: Found): string {
  return hit.kind === "workflow"
    ? workflowRunPath(hit.workflowRunId)
    : taskPath(hit.queue, hit.taskId);
}

function describe(hit: Found): string {
  if (hit.kind === "workflow") return ["workflow run", hit.status].filter(Boolean).join(" · ");
  const what = hit.kind === "task" ? "task" : `attempt ${hit.attempt}`;
  return `${what} in ${hit.queue} · ${hit.state}`;
}

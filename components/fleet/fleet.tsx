"use client";
import { useQueries } from "@tanstack/react-query";
import { DatabaseName } from "@/components/layout/frame/database-badge";
import { Logo } from "@/components/layout/frame/logo";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { ThemeSwitch } from "@/components/layout/preferences/theme-switch";
import { ZoneSwitch } from "@/components/layout/preferences/zone-switch";
import { SignOut } from "@/components/layout/session/sign-out";
import { NewVersionBanner } from "@/components/layout/version";
import { describeGrant } from "@/components/settings/grants";
import { Panel } from "@/components/ui/data/panel";
import { Table, Td, Th } from "@/components/ui/data/table";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Icon } from "@/components/ui/icons/icon";
import { CountText, NoValue, NumberText } from "@/components/ui/text/count";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { databasePrefix, withBase } from "@/lib/base-path";
import { formatNumber, plural } from "@/lib/format";
import type { Summary } from "@/lib/live/summary";
import type { Uncovered } from "@/lib/model/access";
import { sumCounts } from "@/lib/model/count";
import type { DatabaseLabel } from "@/lib/model/database";
import { ProblemError } from "@/lib/model/problem";
import { summaryQuery } from "@/lib/query/fleet";
import { FindAcross } from "./find-across";

/**
 * All databases of the dashboard, one line each, in the order of the settings. Each line has its own request, so an
 * unreachable database neither delays nor hides the others.
 */
export function Fleet({
  databases,
  uncovered,
  hasSession,
}: {
  databases: readonly DatabaseLabel[];
  /** Why there are no databases to show. */
  uncovered: Uncovered | null;
  hasSession: boolean;
}) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-12 shrink-0 items-center gap-2 border-b bg-canvas px-3 wide:h-11 wide:px-4">
        <Logo />
        <h1 className="font-semibold text-14 tracking-tight">Databases</h1>
        <div className="ml-auto flex items-center gap-1">
          <ZoneSwitch />
          <ThemeSwitch />
        </div>
        {hasSession && (
          <div>
            <SignOut />
          </div>
        )}
      </header>
      <main className="flex min-w-0 flex-col gap-3 p-3 wide:px-4">
        <NewVersionBanner />
        {uncovered ? <NoDatabases uncovered={uncovered} /> : <Databases databases={databases} />}
      </main>
    </div>
  );
}

function Databases({ databases }: { databases: readonly DatabaseLabel[] }) {
  const interval = useRefreshInterval();
  const queries = useQueries({
    queries: databases.map(({ name }) => ({ ...summaryQuery(name), refetchInterval: interval })),
  });
  const lines = databases.map((database, place) => ({
    database,
    summary: queries[place]?.data,
    error: queries[place]?.error ?? null,
  }));
  return (
    <>
      <FindAcross databases={databases} />
      <Panel title="Databases" note={describeRead(lines)}>
        <Table>
          <thead>
            <tr>
              <Th>Database</Th>
              <Th>Needs attention</Th>
              <Th numeric>Queues</Th>
              <Th numeric>Ready</Th>
              <Th numeric>Running</Th>
              <Th numeric>Sleeping</Th>
              <Th numeric>Failed tasks</Th>
              <Th numeric>Failed attempts, 1 h</Th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <DatabaseLine key={line.database.name} line={line} />
            ))}
          </tbody>
          <Totals lines={lines} />
        </Table>
      </Panel>
    </>
  );
}

/** Replaces the table for a person whose roles cover no database: lists the roles and the claims that grant them. */
export function NoDatabases({
  uncovered: { name, grants, reasons, isSwitchedOff },
}: {
  uncovered: Uncovered;
}) {
  if (isSwitchedOff)
    return (
      <EmptyState icon="ban" title="Viewing is switched off">
        <p>
          <code>DASHBOARD_DISABLE</code> contains “view”, so nobody can view a database here.
        </p>
      </EmptyState>
    );
  return (
    <EmptyState icon="key-round" title={`No database for ${name}`}>
      <p>You are signed in, but your roles cover none of this dashboard’s databases:</p>
      <ul className="my-2">
        {grants.map((grant, place) => (
          <li key={describeGrant(grant)} className="break-words">
            {describeGrant(grant)}
            {reasons[place] && ` by ${reasons[place]}`}
          </li>
        ))}
      </ul>
      <p>
        An administrator can add a database to one of these roles where they are configured, or give
        your account a group whose role covers one.
      </p>
    </EmptyState>
  );
}

type Line = { database: DatabaseLabel; summary: Summary | undefined; error: Error | null };

/** Summaries of the databases whose last request succeeded. */
function listCurrent(lines: readonly Line[]): Summary[] {
  return lines.flatMap(({ summary, error }) => (summary && !error ? [summary] : []));
}

function describeRead(lines: readonly Line[]): string {
  return `${listCurrent(lines).length} of ${plural(lines.length, "database")} read`;
}

function DatabaseLine({ line: { database, summary, error } }: { line: Line }) {
  return (
    <tr>
      <Td className="py-1.5 align-top">
        <a
          href={withBase(databasePrefix(database.name))}
          className="inline-flex min-h-9 items-center gap-2 hover:underline wide:min-h-0"
        >
          <DatabaseName database={database} />
          <Icon name="chevron-right" strokeWidth={2} size={14} className="text-ink-3" />
        </a>
      </Td>
      <Td className="min-w-72 whitespace-normal py-2 align-top">
        {error ? (
          <Away error={error} summary={summary} />
        ) : summary ? (
          <Health summary={summary} />
        ) : (
          <span className="text-ink-3">Reading…</span>
        )}
      </Td>
      <Figures summary={error ? undefined : summary} />
    </tr>
  );
}

/** Explains why a database could not be read, and how old its last figures are. */
function Away({ error, summary }: { error: Error; summary: Summary | undefined }) {
  const hint = error instanceof ProblemError ? error.hint : undefined;
  return (
    <span className="flex gap-2">
      <Icon name="triangle-alert" size={14} className="mt-[3px] shrink-0 text-failed-solid" />
      <span>
        <span className="font-medium text-failed">{error.message}</span>{" "}
        <span className="text-ink-2">{hint}</span>
        {summary && (
          <span className="block text-12 text-ink-3">
            Last read at <AbsoluteTime iso={summary.now} />.
          </span>
        )}
      </span>
    </span>
  );
}

function Health({
  summary: { concerns, concernsCount, allClear, queues, now },
}: {
  summary: Summary;
}) {
  const [first] = concerns;
  if (!first)
    return (
      <span className="flex gap-2 text-ink-2">
        <Icon
          name={allClear.complete ? "circle-check" : "hourglass"}
          strokeWidth={2}
          size={14}
          className={
            allClear.complete
              ? "mt-[3px] shrink-0 text-completed-solid"
              : "mt-[3px] shrink-0 text-ink-3"
          }
        />
        <span>
          {queues === 0 ? "There are no queues." : allClear.text}{" "}
          <span className="text-12 text-ink-3">
            Checked at <AbsoluteTime iso={now} />.
          </span>
        </span>
      </span>
    );
  return (
    <span className="flex gap-2">
      <Icon name="triangle-alert" size={14} className="mt-[3px] shrink-0 text-pending-solid" />
      <span>
        <strong className="font-semibold">{first.queue}</strong>: {first.text}{" "}
        {concernsCount > 1 && (
          <span className="text-12 text-ink-3">
            {formatNumber(concernsCount - 1)} more to look at.
          </span>
        )}
      </span>
    </span>
  );
}

function Figures({ summary }: { summary: Summary | undefined }) {
  const cells = summary
    ? [
        <NumberText key="queues" value={summary.queues} />,
        <NumberText key="ready" value={summary.ready} />,
        <NumberText key="running" value={summary.running} />,
        <NumberText key="sleeping" value={summary.sleeping} />,
        <CountText key="failed" count={summary.failed} />,
        summary.attempts ? (
          <NumberText key="attempts" value={summary.attempts.failed} />
        ) : (
          <NoValue key="attempts" />
        ),
      ]
    : ["queues", "ready", "running", "sleeping", "failed", "attempts"].map((key) => (
        <NoValue key={key} />
      ));
  return cells.map((cell) => (
    <Td key={cell.key} numeric className="py-2 align-top">
      {cell}
    </Td>
  ));
}

/** Sums over the databases that could be read; the row states how many. */
function Totals({ lines }: { lines: readonly Line[] }) {
  const current = listCurrent(lines);
  if (current.length === 0) return null;
  const sum = (value: (summary: Summary) => number) =>
    current.reduce((total, summary) => total + value(summary), 0);
  const hasAttempts = current.every(({ attempts }) => attempts !== null);
  return (
    <tfoot className="font-medium">
      <tr>
        <Td colSpan={2}>
          {current.length === lines.length
            ? "All databases"
            : `The ${plural(current.length, "database")} that could be read`}
        </Td>
        <Td numeric>
          <NumberText value={sum(({ queues }) => queues)} />
        </Td>
        <Td numeric>
          <NumberText value={sum(({ ready }) => ready)} />
        </Td>
        <Td numeric>
          <NumberText value={sum(({ running }) => running)} />
        </Td>
        <Td numeric>
          <NumberText value={sum(({ sleeping }) => sleeping)} />
        </Td>
        <Td numeric>
          <CountText count={sumCounts(current.map(({ failed }) => failed))} />
        </Td>
        <Td numeric>
          {hasAttempts ? (
            <NumberText value={sum(({ attempts }) => attempts?.failed ?? 0)} />
          ) : (
            <NoValue />
          )}
        </Td>
      </tr>
    </tfoot>
  );
}

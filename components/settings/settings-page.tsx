"use client";
import { useQuery } from "@tanstack/react-query";
import { LiveData } from "@/components/layout/live/live-data";
import { polled } from "@/components/layout/live/polling";
import { Panel } from "@/components/ui/data/panel";
import { Banner } from "@/components/ui/feedback/banner";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { accessQuery } from "@/lib/query/access";
import { MePanel } from "./me-panel";
import { PeoplePanel } from "./people-panel";
import { SessionsPanel } from "./sessions-panel";
import { TokensPanel } from "./tokens-panel";

/** The signed-in person and their sessions; with permission to manage access, also tokens and people. */
export function SettingsPage() {
  const query = useQuery({ ...accessQuery(), refetchInterval: polled(10_000) });
  return (
    <div className="flex flex-col gap-3 p-3 wide:px-4">
      <h1 className="sr-only">Settings</h1>
      <LiveData
        query={query}
        skeleton={
          <Panel title="You">
            <SkeletonRows rows={4} columns={2} />
          </Panel>
        }
      >
        {(access) => (
          <>
            <MePanel access={access} />
            {!access.installed && (
              <Banner tone="plain" icon="database">
                Sessions cannot be listed or revoked here, and there are no tokens: the dashboard’s
                own tables are missing. Install them with{" "}
                <code className="mono">npm run db:migrate</code>.
              </Banner>
            )}
            {access.installed && access.me.door !== "local" && <SessionsPanel access={access} />}
            {access.installed && access.isManager && (
              <>
                <TokensPanel access={access} />
                <PeoplePanel access={access} />
              </>
            )}
          </>
        )}
      </LiveData>
    </div>
  );
}

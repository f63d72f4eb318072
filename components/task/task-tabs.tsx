"use client";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useDeferredValue } from "react";
import { WaitList } from "@/components/events/wait-list";
import { AttemptList } from "@/components/task/attempts/attempt-list";
import { StepList } from "@/components/task/step-list";
import { Tabs } from "@/components/ui/data/tabs";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import type { TaskDetail } from "@/lib/model/task";
import { InputOutput } from "./input-output";

const Related = lazyPart(() => import("./related").then((m) => m.Related));
const RawTab = lazyPart(() => import("./raw-tab").then((m) => m.RawTab));

// Positions bars with inline styles, which the CSP forbids in server-rendered HTML.
const TaskTimeline = lazyPart(
  () => import("@/components/timeline/task-timeline").then((m) => m.TaskTimeline),
  { browserOnly: true, skeleton: <SkeletonRows rows={8} columns={3} /> },
);

const TABS = ["timeline", "attempts", "steps", "events", "payloads", "related", "raw"] as const;
const parseAsTab = parseAsStringLiteral(TABS).withDefault("timeline");

const countOmitted = (omitted: number | "some" | undefined) =>
  omitted === "some" ? 0 : (omitted ?? 0);

/** Views of a task. The selected tab is kept in the URL. */
export function TaskTabs({ detail }: { detail: TaskDetail }) {
  const [selected, setTab] = useQueryState("tab", parseAsTab);
  // The tab responds immediately; its content may take longer than a frame to render.
  const tab = useDeferredValue(selected);
  return (
    <Tabs
      label="Task views"
      selected={selected}
      onSelect={setTab}
      tabs={[
        { id: "timeline", label: "Timeline" },
        {
          id: "attempts",
          label: "Attempts",
          count: detail.runs.length + countOmitted(detail.truncated?.runs),
        },
        {
          id: "steps",
          label: "Steps",
          count: detail.checkpoints.length + countOmitted(detail.truncated?.checkpoints),
        },
        { id: "events", label: "Events", count: detail.waits.length || undefined },
        { id: "payloads", label: "Input and output" },
        { id: "related", label: "Related", preload: Related.preload },
        { id: "raw", label: "Raw", preload: RawTab.preload },
      ]}
    >
      {tab === "timeline" && <TaskTimeline detail={detail} />}
      {tab === "attempts" && <AttemptList detail={detail} />}
      {tab === "steps" && <StepList detail={detail} />}
      {tab === "events" && <WaitList detail={detail} />}
      {tab === "payloads" && <InputOutput detail={detail} />}
      {tab === "related" && <Related detail={detail} />}
      {tab === "raw" && <RawTab detail={detail} />}
    </Tabs>
  );
}

"use client";
import { type ReactNode, useState } from "react";
import { Toggle } from "@/components/timeline/toolbar";
import { Changes } from "@/components/ui/data/changes";
import { Fact, Facts } from "@/components/ui/data/facts";
import { Panel } from "@/components/ui/data/panel";
import { Preview } from "@/components/ui/data/preview";
import { Table, Td, TdDetails, Th } from "@/components/ui/data/table";
import { Tabs } from "@/components/ui/data/tabs";
import { Banner } from "@/components/ui/feedback/banner";
import {
  Boundary,
  PartError,
  SectionError,
  VersionProvider,
} from "@/components/ui/feedback/boundary";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { ErrorState } from "@/components/ui/feedback/error-state";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { OutcomeError } from "@/components/ui/feedback/outcome-error";
import { Skeleton, SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Button, type ButtonVariant } from "@/components/ui/form/button";
import { Checkbox } from "@/components/ui/form/checkbox";
import { Combobox } from "@/components/ui/form/combobox";
import { CopyButton } from "@/components/ui/form/copy-button";
import { Field, Input, Textarea } from "@/components/ui/form/field";
import { JsonField } from "@/components/ui/form/json-field";
import { Radio } from "@/components/ui/form/radio";
import { Select } from "@/components/ui/form/select";
import { Icon } from "@/components/ui/icons/icon";
import { ICON_NAMES } from "@/components/ui/icons/icon-names";
import { JsonView } from "@/components/ui/json/json-view";
import { Badge } from "@/components/ui/text/badge";
import { CountText, NoValue, NumberText } from "@/components/ui/text/count";
import { Kbd, ModifierKey } from "@/components/ui/text/kbd";
import { Link } from "@/components/ui/text/link";
import { MiddleTruncate } from "@/components/ui/text/middle-truncate";
import { Name } from "@/components/ui/text/name";
import { AbsoluteTime, Age, RelativeTime } from "@/components/ui/text/relative-time";
import { toMs } from "@/lib/model/instants";
import { LONG_NAME, REORDERED_NAME, RTL_JSON, RTL_NAME } from "./factories";
import { NOW, type Story } from "./story";

const HOUR = 3_600_000;

const StackedBars = lazyPart(
  () => import("@/components/charts/stacked-bars").then((module) => module.StackedBars),
  { browserOnly: true, skeleton: <div className="h-[168px]" /> },
);

const VARIANTS: ButtonVariant[] = ["primary", "default", "danger", "ghost"];

/** The primitives of components/ui. */
export function listUiStories(): Story[] {
  return [
    {
      name: "Buttons",
      content: (
        <Line>
          {VARIANTS.map((variant) => (
            <Button key={variant} variant={variant}>
              {variant}
            </Button>
          ))}
          <Button disabled>disabled</Button>
          <Button aria-disabled data-tip="No task can be retried">
            not available
          </Button>
          <Button size="large" variant="primary">
            large <Kbd>r</Kbd>
          </Button>
          <Button size="square" aria-label="Refresh">
            <Icon name="refresh-cw" />
          </Button>
          <CopyButton text="copied" label="Copy the text" />
        </Line>
      ),
    },
    {
      name: "Fields",
      content: (
        <div className="grid gap-3 wide:grid-cols-3">
          <Field label="Name" hint="As registered by the worker">
            {(ids) => <Input {...ids} defaultValue="charge-card" />}
          </Field>
          <Field label="Attempts" error="A whole number from 1 to 1000">
            {(ids) => <Input {...ids} defaultValue="many" />}
          </Field>
          <Field label="Disabled">
            {(ids) => <Input {...ids} disabled defaultValue="fixed" />}
          </Field>
          <Field label="Long name">{(ids) => <Input {...ids} defaultValue={LONG_NAME} />}</Field>
          <Field label="Right to left">
            {(ids) => <Input {...ids} dir="auto" defaultValue={RTL_NAME} />}
          </Field>
          <Field label="Notes">
            {(ids) => <Textarea {...ids} rows={2} defaultValue={"one\ntwo"} />}
          </Field>
          <JsonFields />
        </div>
      ),
    },
    {
      name: "Choices",
      content: (
        <Line>
          <Checkbox defaultChecked>Also delete 28 active tasks</Checkbox>
          <Checkbox>Off</Checkbox>
          <Toggle label="Switched on" on onToggle={() => {}} />
          <Toggle label="Switched off" on={false} onToggle={() => {}} />
          <Select aria-label="Order" quiet options={ORDERS} defaultValue="newest" />
          <Select aria-label="Order in a form" options={ORDERS} defaultValue="oldest" />
          <div className="grid w-full gap-2 wide:grid-cols-2">
            <Radio name="when" label="Now" defaultChecked>
              The task resumes with a timeout instead of the event.
            </Radio>
            <Radio name="when" label="At a time" />
          </div>
        </Line>
      ),
    },
    {
      name: "Combobox, as a search box",
      content: <SearchStory options={FRUIT} />,
    },
    {
      name: "Combobox, as a palette",
      content: (
        <div className="max-w-xl rounded-3 bg-raised shadow-2">
          <PaletteStory />
        </div>
      ),
    },
    {
      name: "Texts",
      content: (
        <div className="flex flex-col gap-3">
          <Line>
            <Badge>neutral</Badge>
            <Badge tone="warning">no consumer</Badge>
            <Badge tone="bad">poison task</Badge>
            <Kbd always>
              <ModifierKey />
            </Kbd>
            <Kbd always>K</Kbd>
            <Link href="/gallery" className="text-accent-text hover:underline">
              A link
            </Link>
          </Line>
          <Facts>
            <Fact label="Exact">
              <CountText count={{ value: 1_200, precision: "exact" }} />
            </Fact>
            <Fact label="Estimated">
              <CountText count={{ value: 1_234_567, precision: "estimated" }} />
            </Fact>
            <Fact label="Capped">
              <CountText count={{ value: 10_000, precision: "capped" }} />
            </Fact>
            <Fact label="Zero">
              <CountText count={{ value: 0, precision: "exact" }} />
            </Fact>
            <Fact label="Bad">
              <NumberText value={12} tone="bad" />
            </Fact>
            <Fact label="None">
              <NoValue />
            </Fact>
            <Fact label="Relative">
              <RelativeTime iso="2026-01-05T08:00:00.000Z" />
            </Fact>
            <Fact label="Absolute">
              <AbsoluteTime iso="2026-01-05T08:00:00.123Z" />
            </Fact>
            <Fact label="Age">
              <Age iso="2026-01-01T08:00:00.000Z" />
            </Fact>
          </Facts>
        </div>
      ),
    },
    {
      name: "Names",
      content: (
        <ul className="flex max-w-60 flex-col gap-1">
          {["short", LONG_NAME, RTL_NAME, REORDERED_NAME, "mixed שלום and more text after it"].map(
            (name) => (
              <li key={name} className="flex flex-col">
                <MiddleTruncate text={name} />
                <span className="truncate text-ink-2">
                  <Name text={name} /> (12)
                </span>
              </li>
            ),
          )}
        </ul>
      ),
    },
    {
      name: "Icons",
      content: (
        <Line>
          {ICON_NAMES.map((name) => (
            <Icon key={name} name={name} />
          ))}
        </Line>
      ),
    },
    {
      name: "Table",
      content: (
        <Table>
          <thead>
            <tr>
              <Th>Name</Th>
              <Th>Queue</Th>
              <Th numeric>Attempts</Th>
            </tr>
          </thead>
          <tbody>
            {[LONG_NAME, RTL_NAME, "short"].map((name, index) => (
              <tr key={name} className="hover:bg-hover">
                <Td className="max-w-60 truncate" data-tip={name}>
                  <a href="#table">{name}</a>
                </Td>
                <Td>orders</Td>
                <Td numeric>{index * 1_000}</Td>
              </tr>
            ))}
            <tr>
              <TdDetails colSpan={3} className="p-3">
                Details of an expanded row
              </TdDetails>
            </tr>
          </tbody>
        </Table>
      ),
    },
    {
      name: "Chart",
      content: (
        <div className="flex flex-col bg-surface">
          <StackedBars
            series={[
              { name: "failed", color: "text-failed-solid", values: [1, 0, 4, 2, 0, 3] },
              { name: "completed", color: "text-chart-completed", values: [9, 12, 7, 20, 16, 11] },
              { name: "running", color: "text-running-solid", values: [0, 0, 0, 1, 2, 5] },
            ]}
            from={toMs(NOW) - 6 * HOUR}
            step={HOUR}
            zone="UTC"
            label="Attempts started in the last 6 hours"
            onHover={() => {}}
          />
        </div>
      ),
    },
    { name: "Tabs", content: <TabsStory /> },
    {
      name: "Panel",
      content: (
        <Panel title="Failures" note="12 error groups" aside="newest first">
          <p className="p-3">Content</p>
        </Panel>
      ),
    },
    {
      name: "Panel whose content crashed",
      content: (
        <Panel title="Failures">
          <Crash />
        </Panel>
      ),
    },
    {
      name: "Code of a section missing",
      content: <SectionError error={new PartError("missing")} onRetry={() => {}} />,
    },
    {
      name: "Code of a section missing after an update",
      content: (
        <VersionProvider value={{ isOutdated: true, onMissingCode: () => {} }}>
          <SectionError error={new PartError("missing")} onRetry={() => {}} />
        </VersionProvider>
      ),
    },
    {
      name: "Banners",
      content: (
        <div className="flex flex-col gap-2">
          <Banner tone="bad" icon="unplug" action={<Button>Retry now</Button>}>
            <strong className="font-semibold">Connection to the database lost 12 s ago.</strong>{" "}
            Showing data from 08:00:12 UTC. Actions are unavailable.
          </Banner>
          <Banner tone="warning" icon="triangle-alert">
            This list is incomplete: 2 queues are locked by another session.
          </Banner>
          <Banner tone="plain" icon="refresh-cw" action={<Button>Reload</Button>}>
            <strong className="font-semibold">New version.</strong> The dashboard was updated;
            reload this page to use it.
          </Banner>
        </div>
      ),
    },
    {
      name: "Empty and error states",
      content: (
        <div className="grid gap-3 wide:grid-cols-2">
          <EmptyState
            icon="search"
            title="No task matches"
            actions={<Button>Clear filters</Button>}
          >
            Names and values must match exactly; error text may match partially.
          </EmptyState>
          <ErrorState
            title="Query timed out"
            message="The database did not respond within 5 s."
            hint="Narrow the time range."
            code="timed_out"
            actions={<Button>Try again</Button>}
          />
        </div>
      ),
    },
    {
      name: "Outcomes in a dialog",
      content: (
        <div className="max-w-md">
          <Changes changes={[{ label: "State", from: "running", to: "cancelled" }]}>
            The worker stops at its next checkpoint or heartbeat.
          </Changes>
          <OutcomeError
            failure={{
              title: "Task not cancelled",
              code: "already_ended",
              message: "The task has completed.",
              hint: "Its result is on its page.",
              changed: false,
            }}
          />
        </div>
      ),
    },
    {
      name: "Previews",
      content: (
        <div className="grid gap-3 wide:grid-cols-3">
          <Preview
            label="What will happen, loading"
            className="min-h-20"
            problem={undefined}
            waiting={<Skeleton className="w-40" />}
          >
            {undefined}
          </Preview>
          <Preview className="min-h-20" problem={undefined} waiting={null}>
            <p className="px-3 py-2">27 will be cancelled, 3 skipped: already completed</p>
          </Preview>
          <Preview
            label="What will happen, failed"
            className="min-h-20"
            problem="The dashboard’s server did not respond."
            waiting={null}
          >
            {undefined}
          </Preview>
        </div>
      ),
    },
    { name: "Loading", content: <SkeletonRows rows={4} columns={5} /> },
    {
      name: "JSON",
      content: (
        <Json text='{"order":{"id":9007199254740993,"total":12.50,"at":"2026-01-05T08:00:00Z"},"note":"[redacted 12]","tags":[],"gone":null}' />
      ),
    },
    { name: "JSON, right to left and with hidden characters", content: <Json text={RTL_JSON} /> },
    {
      name: "JSON with a long line",
      content: <Json text={JSON.stringify({ trace: "x".repeat(5_000) })} />,
    },
    { name: "Not JSON", content: <Json text={"{broken \u202Ejson"} /> },
  ];
}

const ORDERS = [
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
];

const FRUIT = [
  ...["apple", "apricot", "banana", "blackberry", "cherry"].map((key) => ({ key, group: "Sweet" })),
  ...Array.from({ length: 30 }, (_, index) => ({ key: `lemon ${index + 1}`, group: "Sour" })),
];

function SearchStory({ options }: { options: typeof FRUIT }) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState("");
  return (
    <div className="relative flex max-w-md flex-col gap-1">
      <Combobox
        kind="search"
        label="Find fruit"
        listLabel="Fruit"
        className="h-9 rounded-2 border border-line-control bg-surface px-2 wide:h-7"
        value={text}
        onType={setText}
        options={options.filter(({ key }) => key.includes(text))}
        renderOption={({ key }) => <span className="flex min-h-8 items-center px-2">{key}</span>}
        onChoose={({ key }) => setChosen(key)}
        onSubmit={() => setChosen(text)}
      />
      <p className="text-12 text-ink-3">Chosen: {chosen || "nothing"}</p>
    </div>
  );
}

function PaletteStory() {
  const [text, setText] = useState("");
  return (
    <Combobox
      kind="palette"
      label="Fruit of the palette"
      listLabel="Fruit of the palette"
      className="h-11 w-full bg-transparent px-3 -outline-offset-2"
      value={text}
      onType={setText}
      options={FRUIT.filter(({ key }) => key.includes(text)).slice(0, 8)}
      renderOption={({ key }) => <span className="flex min-h-8 items-center px-2">{key}</span>}
      onChoose={({ key }) => setText(key)}
      onSubmit={() => {}}
    />
  );
}

function JsonFields() {
  const [text, setText] = useState('{"broken":');
  return <JsonField label="Payload" value={text} onChange={setText} />;
}

function TabsStory() {
  const [selected, select] = useState<"a" | "b" | "c">("a");
  return (
    <Tabs
      label="Views"
      selected={selected}
      onSelect={select}
      tabs={[
        { id: "a", label: "Timeline" },
        { id: "b", label: "Attempts", count: 12 },
        { id: "c", label: "Input and output" },
      ]}
    >
      <p className="p-3">{selected}</p>
    </Tabs>
  );
}

function Json({ text }: { text: string }) {
  return (
    <div className="overflow-hidden rounded-2 border bg-surface">
      <JsonView text={text} />
    </div>
  );
}

/** Only throws in the browser: an error on the server would fail the page. */
function Crash(): ReactNode {
  const [broken, setBroken] = useState(false);
  if (broken) throw new Error("a section crashed");
  return (
    <Boundary>
      <div className="p-3">
        <Button onClick={() => setBroken(true)}>Crash this section</Button>
      </div>
    </Boundary>
  );
}

function Line({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-3">{children}</div>;
}

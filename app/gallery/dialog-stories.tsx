"use client";
import { type ReactNode, useState } from "react";
import { CommandPalette } from "@/components/layout/palette/command-palette";
import { KeySheet } from "@/components/layout/palette/key-sheet";
import { ActionDialog } from "@/components/tasks/actions/action-dialog";
import { ActionSheet } from "@/components/tasks/actions/action-sheet";
import { availableActions, TASK_ACTIONS } from "@/components/tasks/actions/availability";
import { PartError } from "@/components/ui/feedback/boundary";
import { lazyDialog, lazyPart } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { Field, Input, Textarea } from "@/components/ui/form/field";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { Dialog } from "@/components/ui/overlay/dialog";
import { Menu } from "@/components/ui/overlay/menu";
import { Popover } from "@/components/ui/overlay/popover";
import { showToast } from "@/components/ui/overlay/toast";
import { ClockProvider } from "@/components/ui/text/clock";
import type { TaskDetail } from "@/lib/model/task";
import { LONG_NAME } from "./factories";
import type { Recordings, Story } from "./story";

/** Everything that opens above the page; each story is a button that opens it. */
export function listDialogStories(recordings: Recordings): Story[] {
  const recorded = (name: string) => recordings.find((one) => one[0] === name)?.[1];
  return [
    {
      name: "Dialog",
      content: (
        <Opener label="Open the dialog">
          {(close) => (
            <Dialog
              title={LONG_NAME}
              onClose={close}
              footer={<Button onClick={close}>Done</Button>}
            >
              <p>
                {"A long text that scrolls inside the dialog. ".repeat(80)}
                <a href="#dialog">Its last link</a>
              </p>
            </Dialog>
          )}
        </Opener>
      ),
    },
    {
      name: "Confirmation",
      content: (
        <div className="flex flex-wrap gap-2">
          <Opener label="Open the form">{(close) => <Form onClose={close} />}</Opener>
          <Opener label="Open one that hangs">
            {(close) => <Form onClose={close} onConfirm={() => new Promise(() => {})} />}
          </Opener>
          <Opener label="Open one that is refused">
            {(close) => <Form onClose={close} onConfirm={async () => REFUSED} />}
          </Opener>
          <Opener label="Open a destructive one">
            {(close) => (
              <ConfirmDialog
                title="Cancel task"
                danger
                confirmLabel="Cancel task"
                cancelLabel="Keep task"
                onConfirm={async () => undefined}
                onClose={close}
              >
                <div className="flex flex-col gap-3">
                  <p>It will not run again. This cannot be undone.</p>
                  <Field label="Reason (optional, kept in the audit log)">
                    {(ids) => <Input {...ids} />}
                  </Field>
                </div>
              </ConfirmDialog>
            )}
          </Opener>
        </div>
      ),
    },
    {
      name: "Code of a dialog missing",
      content: (
        <Opener label="Open a dialog without code">
          {(close) => <MissingDialog onClose={close} />}
        </Opener>
      ),
    },
    {
      name: "Code of a part missing",
      content: <Shown label="Show a part without code">{<MissingPart />}</Shown>,
    },
    {
      name: "Popover and menu",
      content: (
        <div className="flex justify-between gap-2">
          <Popover title="Columns" label="Columns">
            {(close) => (
              <div className="flex flex-col gap-2">
                <Field label="Add a path">{(ids) => <Input {...ids} data-autofocus />}</Field>
                <Button onClick={close}>Done</Button>
              </div>
            )}
          </Popover>
          <MenuStory />
        </div>
      ),
    },
    {
      name: "Toasts",
      content: (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => showToast({ title: "Task cancelled", text: LONG_NAME })}>
            Show a message
          </Button>
          <Button
            onClick={() =>
              showToast({ title: "Task spawned", link: { href: "/gallery", label: "Open task" } })
            }
          >
            Show one with a link
          </Button>
          <Button
            onClick={() =>
              showToast({ tone: "bad", title: "Nothing was saved", text: "Try again." })
            }
          >
            Show a bad one
          </Button>
        </div>
      ),
    },
    {
      name: "Palette and keys",
      content: (
        <div className="flex flex-wrap gap-2">
          <Opener label="Open the palette">
            {(close) => <CommandPalette onClose={close} onKeys={close} />}
          </Opener>
          <Opener label="Open the keys">{(close) => <KeySheet onClose={close} />}</Opener>
        </div>
      ),
    },
    {
      name: "Actions on a task",
      content: (
        <div className="flex flex-wrap gap-2">
          {["failed-exhausted", "sleeping-durable", "running"].map((name) => {
            const detail = recorded(name);
            return (
              detail && (
                <ClockProvider key={name} now={detail.now}>
                  <Actions name={name} detail={detail} />
                </ClockProvider>
              )
            );
          })}
        </div>
      ),
    },
  ];
}

const REFUSED = {
  title: "Event not emitted",
  code: "already_emitted",
  message: "The event was emitted 3 min ago.",
  hint: "Only the first emit per name and queue takes effect.",
  changed: false,
} as const;

function Form({
  onClose,
  onConfirm = async () => undefined,
}: {
  onClose: () => void;
  onConfirm?: () => Promise<typeof REFUSED | undefined>;
}) {
  return (
    <ConfirmDialog
      title="Emit event"
      confirmLabel="Emit"
      note="in orders"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <div className="flex flex-col gap-3">
        <Field label="Payload">{(ids) => <Textarea {...ids} rows={4} />}</Field>
        <Field label="Reason (optional, kept in the audit log)">
          {(ids) => <Input {...ids} />}
        </Field>
      </div>
    </ConfirmDialog>
  );
}

const missing = async (): Promise<never> => {
  throw new PartError("missing on purpose");
};
const MissingDialog = lazyDialog<{ onClose: () => void }>(missing);
const MissingPart = lazyPart<object>(missing);

function Opener({
  label,
  children,
}: {
  label: string;
  children: (close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{label}</Button>
      {open && children(() => setOpen(false))}
    </>
  );
}

function Shown({ label, children }: { label: string; children: ReactNode }) {
  const [shown, show] = useState(false);
  return shown ? children : <Button onClick={() => show(true)}>{label}</Button>;
}

function MenuStory() {
  const [chosen, setChosen] = useState("");
  return (
    <span className="flex items-center gap-2">
      <span className="text-12 text-ink-3">Chosen: {chosen || "nothing"}</span>
      <Menu
        name="Save as"
        label="Save as"
        items={["Graph (SVG)", "Mermaid", "YAML", "JSON"].map((label) => ({
          label,
          onChoose: () => setChosen(label),
        }))}
      />
    </span>
  );
}

function Actions({ name, detail }: { name: string; detail: TaskDetail }) {
  const available = availableActions(detail, { hasVersionFunction: true });
  return (
    <>
      <Opener label={`All actions, ${name}`}>
        {(close) => (
          <ActionSheet spawn={null} available={available} onChoose={close} onClose={close} />
        )}
      </Opener>
      {TASK_ACTIONS.filter((action) => available[action] === null).map((action) => (
        <Opener key={action} label={`${action}, ${name}`}>
          {(close) => (
            <ActionDialog action={action} detail={detail} available={available} onClose={close} />
          )}
        </Opener>
      ))}
    </>
  );
}

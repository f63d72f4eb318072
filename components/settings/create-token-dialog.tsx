"use client";
import { useRef, useState } from "react";
import { usePerform } from "@/components/layout/use-perform";
import { Button } from "@/components/ui/form/button";
import { Checkbox } from "@/components/ui/form/checkbox";
import { CopyButton } from "@/components/ui/form/copy-button";
import { Field, Input } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { Dialog } from "@/components/ui/overlay/dialog";
import { usePrefix } from "@/components/ui/text/prefix";
import { createTokenAction } from "@/lib/actions/access";
import { MAX_TOKEN_DAYS, ROLES, type Role } from "@/lib/model/access";

const DEFAULT_DAYS = 90;

/** Creates an API token and shows it once. */
export function CreateTokenDialog({ onClose }: { onClose: () => void }) {
  const perform = usePerform();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [queues, setQueues] = useState("");
  const [tenants, setTenants] = useState("");
  const [databases, setDatabases] = useState("");
  const hasSeveral = usePrefix() !== "";
  const [payloads, setPayloads] = useState(false);
  const [days, setDays] = useState(String(DEFAULT_DAYS));
  const [token, setToken] = useState<string | null>(null);
  const created = useRef<string>(null);
  if (token !== null) return <NewToken token={token} onClose={onClose} />;
  const isValid = /^\d+$/.test(days) && Number(days) >= 1 && Number(days) <= MAX_TOKEN_DAYS;
  return (
    <ConfirmDialog
      title="Create token"
      confirmLabel="Create token"
      disabled={name.trim() === "" || !isValid}
      onClose={() => (created.current === null ? onClose() : setToken(created.current))}
      onConfirm={() =>
        perform(
          () =>
            createTokenAction({
              name,
              role,
              queues: toList(queues),
              tenants: toList(tenants),
              databases: toList(databases) ?? undefined,
              payloads,
              days: Number(days),
            }),
          {
            failed: "Token not created",
            done: (data) => {
              created.current = data.token;
              return { title: "Token created", text: name };
            },
          },
        )
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Name" hint="The program that will use it">
          {(ids) => (
            <Input
              {...ids}
              data-autofocus
              autoComplete="off"
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <div className="flex gap-3">
          <Field label="Role">
            {(ids) => (
              <Select
                {...ids}
                value={role}
                onChange={({ target }) =>
                  setRole(ROLES.find((one) => one === target.value) ?? "viewer")
                }
                options={ROLES.map((one) => ({ value: one, label: one }))}
              />
            )}
          </Field>
          <Field
            label="Expires after (days)"
            error={isValid ? undefined : `From 1 to ${MAX_TOKEN_DAYS}`}
          >
            {(ids) => (
              <Input
                {...ids}
                inputMode="numeric"
                value={days}
                onChange={({ target }) => setDays(target.value)}
              />
            )}
          </Field>
        </div>
        {hasSeveral && (
          <Field
            label="Databases"
            hint="Names or patterns such as eu-*, separated by commas. Empty: all"
          >
            {(ids) => (
              <Input
                {...ids}
                className="mono"
                value={databases}
                onChange={({ target }) => setDatabases(target.value)}
              />
            )}
          </Field>
        )}
        <Field
          label="Queues"
          hint="Names or patterns such as billing-*, separated by commas. Empty: all"
        >
          {(ids) => (
            <Input
              {...ids}
              className="mono"
              value={queues}
              onChange={({ target }) => setQueues(target.value)}
            />
          )}
        </Field>
        <Field label="Tenants" hint="Separated by commas. Empty: all">
          {(ids) => (
            <Input
              {...ids}
              className="mono"
              value={tenants}
              onChange={({ target }) => setTenants(target.value)}
            />
          )}
        </Field>
        <Checkbox checked={payloads} onChange={({ target }) => setPayloads(target.checked)}>
          Show payloads: params, headers, results, errors, checkpoints and event payloads
        </Checkbox>
      </div>
    </ConfirmDialog>
  );
}

function toList(text: string): string[] | null {
  const values = text.split(",").flatMap((value) => value.trim() || []);
  return values.length > 0 ? values : null;
}

function NewToken({ token, onClose }: { token: string; onClose: () => void }) {
  return (
    <Dialog
      title="Token created"
      onClose={onClose}
      footer={
        <Button size="large" variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <p className="mb-2">
        Copy the token now. It is not stored, so it cannot be shown again. Programs send it as{" "}
        <code className="mono">Authorization: Bearer …</code>
      </p>
      <p className="flex items-center gap-2 rounded-2 border bg-canvas p-2">
        <code className="mono min-w-0 flex-1 break-all">{token}</code>
        <CopyButton text={token} label="Copy the token" />
      </p>
    </Dialog>
  );
}

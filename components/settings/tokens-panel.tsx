"use client";
import { useState } from "react";
import { usePerform } from "@/components/layout/use-perform";
import { Panel } from "@/components/ui/data/panel";
import { Td } from "@/components/ui/data/table";
import { Button } from "@/components/ui/form/button";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { Badge } from "@/components/ui/text/badge";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { revokeTokenAction } from "@/lib/actions/access";
import type { AccessOverview, ApiToken } from "@/lib/model/access";
import { AccessTable } from "./access-table";
import { CreateTokenDialog } from "./create-token-dialog";
import { describeGrant } from "./grants";

/** Days before expiry from which a token is marked. */
const SOON_DAYS = 14;

/** API tokens. */
export function TokensPanel({ access: { tokens, failed, now } }: { access: AccessOverview }) {
  const [open, setOpen] = useState<ApiToken | "new" | null>(null);
  return (
    <Panel
      title="API tokens"
      note="for programs that read the HTTP API"
      aside={<Button onClick={() => setOpen("new")}>Create token</Button>}
    >
      <AccessTable
        columns={["Name", "Id", "Role", "Created by", "Expires", "Last used", "State"]}
        isRevocable
        empty="No token has been created."
        failed={failed.tokens}
      >
        {tokens.map((token) => (
          <tr key={token.tokenId}>
            <Td className="max-w-48 truncate">{token.name}</Td>
            <Td className="mono">{token.tokenId}</Td>
            <Td className="max-w-64 truncate">{token.grants.map(describeGrant).join(", ")}</Td>
            <Td className="max-w-40 truncate">{token.createdBy}</Td>
            <Td>
              <AbsoluteTime iso={token.expiresAt} />
            </Td>
            <Td>{token.lastUsedAt ? <AbsoluteTime iso={token.lastUsedAt} /> : "never"}</Td>
            <Td>
              <TokenState token={token} now={now} />
            </Td>
            <Td>
              {isValid(token) && (
                <Button
                  aria-label={`Revoke the token ${token.name}`}
                  onClick={() => setOpen(token)}
                >
                  Revoke
                </Button>
              )}
            </Td>
          </tr>
        ))}
      </AccessTable>
      {open === "new" && <CreateTokenDialog onClose={() => setOpen(null)} />}
      {open !== null && open !== "new" && (
        <RevokeTokenDialog token={open} onClose={() => setOpen(null)} />
      )}
    </Panel>
  );
}

function isValid({ revokedAt, isExpired }: ApiToken): boolean {
  return revokedAt === null && !isExpired;
}

function TokenState({ token, now }: { token: ApiToken; now: string }) {
  if (token.revokedAt) return <Badge>revoked</Badge>;
  if (token.isExpired) return <Badge>expired</Badge>;
  const days = Math.floor((Date.parse(token.expiresAt) - Date.parse(now)) / 86_400_000);
  return days < SOON_DAYS ? <Badge tone="warning">expires in {days} d</Badge> : <>valid</>;
}

function RevokeTokenDialog({ token, onClose }: { token: ApiToken; onClose: () => void }) {
  const perform = usePerform();
  return (
    <ConfirmDialog
      title="Revoke token"
      confirmLabel="Revoke"
      danger
      onClose={onClose}
      onConfirm={() =>
        perform(() => revokeTokenAction({ tokenId: token.tokenId }), {
          failed: "Token not revoked",
          done: () => ({ title: "Token revoked", text: token.name }),
        })
      }
    >
      <p>
        Programs that use {token.name} are refused within five seconds. A revoked token cannot be
        restored.
      </p>
    </ConfirmDialog>
  );
}

"use client";
import { useState } from "react";
import { usePerform } from "@/components/layout/use-perform";
import { Panel } from "@/components/ui/data/panel";
import { Td } from "@/components/ui/data/table";
import { Button } from "@/components/ui/form/button";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { revokeSessionAction, revokeSessionsAction } from "@/lib/actions/access";
import { plural } from "@/lib/format";
import type { AccessOverview, Session } from "@/lib/model/access";
import { AccessTable } from "./access-table";
import { describeGrant } from "./grants";
import { DOOR_WORDS } from "./me-panel";

/** Signed-in sessions. Each one, or all others, can be revoked. */
export function SessionsPanel({ access }: { access: AccessOverview }) {
  const [revoked, setRevoked] = useState<Session | "own" | "all" | null>(null);
  const { sessions, failed, isManager, me } = access;
  const close = () => setRevoked(null);
  const others = sessions.filter(({ sessionId }) => sessionId !== me.sessionId);
  const own = others.filter(({ door, subject }) => door === me.door && subject === me.subject);
  return (
    <Panel
      title="Sessions"
      note={isManager ? "yours, and of those whom you manage" : "yours"}
      aside={
        <>
          {own.length > 0 && <Button onClick={() => setRevoked("own")}>Revoke my others</Button>}
          {isManager && others.length > 0 && (
            <Button onClick={() => setRevoked("all")}>Revoke all others</Button>
          )}
        </>
      }
    >
      <AccessTable
        columns={["Person", "Signed in by", "Role", "From", "Started", "Last active", "Ends"]}
        isRevocable
        empty="No session is open."
        failed={failed.sessions}
      >
        {sessions.map((session) => (
          <tr key={session.sessionId}>
            <Td dir="auto" className="max-w-48 truncate" data-tip={session.subject}>
              {session.name}
              {session.sessionId === me.sessionId && " (this browser)"}
            </Td>
            <Td>{DOOR_WORDS[session.door]}</Td>
            <Td className="max-w-64 truncate">{session.grants.map(describeGrant).join(", ")}</Td>
            <Td className="max-w-56 truncate" data-tip={session.userAgent ?? undefined}>
              {session.address ?? "unknown"}
            </Td>
            <Td>
              <AbsoluteTime iso={session.createdAt} />
            </Td>
            <Td>
              <AbsoluteTime iso={session.activeAt} />
            </Td>
            <Td>
              <AbsoluteTime iso={session.expiresAt} />
            </Td>
            <Td>
              <Button
                aria-label={`Revoke the session of ${session.name}`}
                onClick={() => setRevoked(session)}
              >
                Revoke
              </Button>
            </Td>
          </tr>
        ))}
      </AccessTable>
      {revoked !== null && <RevokeDialog revoked={revoked} onClose={close} />}
    </Panel>
  );
}

function RevokeDialog({
  revoked,
  onClose,
}: {
  revoked: Session | "own" | "all";
  onClose: () => void;
}) {
  const perform = usePerform();
  const one = typeof revoked === "object";
  const whose = revoked === "all" ? "of everyone whom you manage" : "of yours";
  return (
    <ConfirmDialog
      title={one ? "Revoke session" : "Revoke sessions"}
      confirmLabel="Revoke"
      danger
      onClose={onClose}
      onConfirm={() =>
        one
          ? perform(() => revokeSessionAction({ sessionId: revoked.sessionId }), {
              failed: "Session not revoked",
              done: () => ({ title: "Session revoked", text: revoked.name }),
            })
          : perform(() => revokeSessionsAction({ all: revoked === "all" }), {
              failed: "Sessions not revoked",
              done: ({ ended }) => ({ title: `${plural(ended, "session")} revoked` }),
            })
      }
    >
      <p>
        {one
          ? `${revoked.name} has to sign in again in that browser.`
          : `Ends every session ${whose} but the one in this browser.`}{" "}
        It takes effect within five seconds. Tokens of programs are not affected.
      </p>
    </ConfirmDialog>
  );
}

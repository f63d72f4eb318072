import { Fact, Facts } from "@/components/ui/data/facts";
import { Panel } from "@/components/ui/data/panel";
import type { AccessOverview, Door } from "@/lib/model/access";
import { Grants } from "./grants";

export const DOOR_WORDS: Record<Door, string> = {
  local: "This machine",
  token: "Dashboard token",
  oidc: "Identity provider",
  proxy: "Trusted proxy",
  "api token": "API token",
};

/** The signed-in person, how they signed in, and where their permissions come from. */
export function MePanel({ access: { me, denied } }: { access: AccessOverview }) {
  const missing = groupByReason(denied);
  return (
    <Panel title="You" note={me.name}>
      <div className="flex flex-col gap-3 px-3 py-2">
        <Facts>
          <Fact label="Signed in by">{DOOR_WORDS[me.door]}</Fact>
          <Fact label="Identified as">
            <span className="mono">{me.subject}</span>
          </Fact>
          <Fact label="Role">
            <Grants grants={me.grants} />
          </Fact>
          <Fact label="Because of">{me.reasons.join("; ")}</Fact>
        </Facts>
        {missing.length > 0 && (
          <div className="text-12">
            <h3 className="mb-1 text-ink-3">Not permitted</h3>
            <ul className="flex flex-col gap-1">
              {missing.map(([reason, permissions]) => (
                <li key={reason}>
                  <span className="font-medium">{permissions.join(", ")}</span>
                  <span className="text-ink-3"> · {reason}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Panel>
  );
}

/** Missing permissions by reason. Reasons that differ only in the permission they name are merged. */
function groupByReason(
  denied: AccessOverview["denied"],
): [reason: string, permissions: string[]][] {
  const groups = new Map<string, string[]>();
  for (const [permission, given] of Object.entries(denied)) {
    const reason = given.replace(`"${permission}"`, "").replace(/\s+(?=\W|$)|^\s+/g, "");
    groups.set(reason, [...(groups.get(reason) ?? []), permission]);
  }
  return [...groups];
}

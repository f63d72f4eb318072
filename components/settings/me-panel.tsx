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

/** Who the person is, by which door, and why they may do what they may. */
export function MePanel({ access: { me, denied } }: { access: AccessOverview }) {
  const missing = Object.entries(denied);
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
            <ul className="grid gap-x-6 gap-y-1 wide:grid-cols-2">
              {missing.map(([permission, reason]) => (
                <li key={permission}>
                  <span className="font-medium">{permission}</span>
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

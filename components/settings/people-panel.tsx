import { Panel } from "@/components/ui/data/panel";
import { Td } from "@/components/ui/data/table";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { AccessOverview } from "@/lib/model/access";
import { AccessTable } from "./access-table";
import { describeGrant } from "./grants";
import { DOOR_WORDS } from "./me-panel";

/** People who have signed in, with the latest decision about their access. */
export function PeoplePanel({ access: { people, failed } }: { access: AccessOverview }) {
  return (
    <Panel title="People seen" note="the 200 seen last">
      <AccessTable
        columns={[
          "Person",
          "Identified as",
          "Signed in by",
          "Role",
          "Because of",
          "First seen",
          "Last seen",
        ]}
        empty="Nobody has signed in with a provider or proxy yet."
        failed={failed.people}
      >
        {people.map((person) => (
          <tr key={`${person.door} ${person.subject}`}>
            <Td dir="auto" className="max-w-48 truncate">
              {person.name}
            </Td>
            <Td dir="auto" className="mono max-w-48 truncate">
              {person.subject}
            </Td>
            <Td>{DOOR_WORDS[person.door]}</Td>
            <Td className="max-w-64 truncate">{person.grants.map(describeGrant).join(", ")}</Td>
            <Td className="max-w-64 truncate">{person.reasons.join("; ")}</Td>
            <Td>
              <AbsoluteTime iso={person.firstSeenAt} />
            </Td>
            <Td>
              <AbsoluteTime iso={person.lastSeenAt} />
            </Td>
          </tr>
        ))}
      </AccessTable>
    </Panel>
  );
}

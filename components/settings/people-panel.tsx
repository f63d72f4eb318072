import { Panel } from "@/components/ui/data/panel";
import { Table, Td, Th } from "@/components/ui/data/table";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { AccessOverview } from "@/lib/model/access";
import { describeGrant } from "./grants";
import { DOOR_WORDS } from "./me-panel";

/** Everybody who came in, with what the door decided last. */
export function PeoplePanel({ access: { people } }: { access: AccessOverview }) {
  return (
    <Panel title="People seen" note="the 200 seen last">
      {people.length === 0 ? (
        <p className="px-3 py-2 text-12 text-ink-3">Nobody has come in by a door yet.</p>
      ) : (
        <Table>
          <thead>
            <tr>
              <Th>Person</Th>
              <Th>Identified as</Th>
              <Th>Door</Th>
              <Th>Role</Th>
              <Th>Because of</Th>
              <Th>First seen</Th>
              <Th>Last seen</Th>
            </tr>
          </thead>
          <tbody>
            {people.map((person) => (
              <tr key={`${person.door} ${person.subject}`}>
                <Td className="max-w-48 truncate">{person.name}</Td>
                <Td className="mono max-w-48 truncate">{person.subject}</Td>
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
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

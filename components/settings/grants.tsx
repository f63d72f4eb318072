import type { Grant } from "@/lib/model/access";

/** Describes a grant: the role and its limits. */
export function describeGrant({ role, databases, queues, tenants, payloads }: Grant): string {
  const limits = [
    databases && `databases ${databases.join(", ")}`,
    queues && `queues ${queues.join(", ")}`,
    tenants && `tenants ${tenants.join(", ")}`,
    !payloads && "without payloads",
  ].filter(Boolean);
  return limits.length > 0 ? `${role} (${limits.join("; ")})` : role;
}

export function Grants({ grants }: { grants: readonly Grant[] }) {
  if (grants.length === 0) return <>none</>;
  return (
    <ul>
      {grants.map((grant) => (
        <li key={describeGrant(grant)}>{describeGrant(grant)}</li>
      ))}
    </ul>
  );
}

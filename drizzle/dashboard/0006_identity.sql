-- People who use the dashboard: their sessions, the tokens of their programs, and a record in which a removed entry shows.

-- Everybody who came in by a door that knows people, once for each door.
create table absurd_dashboard.person (
  door text not null,
  subject text not null,
  name text not null,
  -- The claims or headers by which the door decided last, and the grants that it gave.
  reasons text[] not null default '{}',
  grants jsonb not null,
  first_seen_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  primary key (door, subject)
);

create table absurd_dashboard.session (
  session_id uuid primary key default absurd_dashboard.new_id(),
  door text not null,
  subject text not null,
  name text not null,
  reasons text[] not null default '{}',
  grants jsonb not null,
  -- From where it was started.
  address text,
  user_agent text,
  created_at timestamptz not null default clock_timestamp(),
  -- The last request by the person, not by a page that polls.
  active_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- Who or what ended it.
  end_reason text,
  -- Encrypted with a key of the server: what the provider gave to ask again, and to sign out there.
  refresh_token bytea,
  id_token bytea,
  -- When the provider last confirmed the person.
  confirmed_at timestamptz not null default clock_timestamp(),
  constraint session_ended_check check ((ended_at is null) = (end_reason is null))
);

create index session_open_idx on absurd_dashboard.session (session_id) where ended_at is null;
create index session_person_idx on absurd_dashboard.session (door, subject, session_id);

-- Tokens of programs, for the HTTP API. The secret is shown once and stored as its SHA-256: it is random, so that a hash
-- without salt or stretching cannot be reversed.
create table absurd_dashboard.api_token (
  token_id text primary key,
  name text not null,
  secret_hash bytea not null,
  grants jsonb not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  constraint api_token_expiry_check check (expires_at > created_at),
  constraint api_token_hash_check check (length(secret_hash) = 32),
  constraint api_token_revoked_check check ((revoked_at is null) = (revoked_by is null))
);

-- Who did it: the operator's name is for reading, the door and the subject identify the person.
alter table absurd_dashboard.audit_entry
  add column door text,
  add column subject text,
  add column address text;

-- Who a bulk operation acts for, with the scope in which that person may do it. NULL: rows of before, and everybody.
alter table absurd_dashboard.bulk_job
  add column viewer jsonb;

-- The chain of the record. Each link hashes an entry together with the link before it, so that an entry that is changed or
-- removed, and a link that is, shows at the next check. Entries of before this migration have no link.
create table absurd_dashboard.audit_link (
  number bigint primary key,
  -- No foreign key: it is the point of a link to outlive its entry.
  audit_id uuid not null unique,
  hash bytea not null,
  constraint audit_link_number_check check (number > 0),
  constraint audit_link_hash_check check (length(hash) = 32)
);

create trigger audit_link_only_grows
  before update or delete or truncate on absurd_dashboard.audit_link
  for each statement execute function absurd_dashboard.refuse_audit_change();

alter table absurd_dashboard.audit_link enable always trigger audit_link_only_grows;

-- Promises the same hash for the same entry and previous hash, in every session, and after later migrations that add
-- nullable columns.
create function absurd_dashboard.audit_hash(p_previous bytea, p_entry absurd_dashboard.audit_entry)
returns bytea
language sql
stable
set search_path = pg_catalog
set timezone = 'UTC'
as $$
  select sha256(coalesce(p_previous, ''::bytea) || convert_to(
    (select jsonb_object_agg(key, value)::text
       from jsonb_each(to_jsonb(p_entry)) where value <> 'null'::jsonb), 'UTF8'))
$$;

-- Links an entry at the end of its transaction. The lock is taken last and held until the commit, so that it is never
-- waited for by somebody who holds a lock that its holder wants. Runs with the rights of the table's owner: the
-- dashboard's role needs only to insert entries.
create function absurd_dashboard.link_audit_entry()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog
as $$
declare
  v_last record;
begin
  perform pg_advisory_xact_lock(7305811266);
  select number, hash into v_last from absurd_dashboard.audit_link order by number desc limit 1;
  insert into absurd_dashboard.audit_link (number, audit_id, hash)
    values (coalesce(v_last.number, 0) + 1, new.audit_id, absurd_dashboard.audit_hash(v_last.hash, new));
  return null;
end;
$$;

create constraint trigger audit_entry_linked
  after insert on absurd_dashboard.audit_entry
  deferrable initially deferred
  for each row execute function absurd_dashboard.link_audit_entry();

alter table absurd_dashboard.audit_entry enable always trigger audit_entry_linked;

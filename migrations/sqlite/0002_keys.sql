-- Keys in full: whose they are, where they may be used from, two secrets while one replaces the other.

alter table workspaces add column suspended_at text;
-- Keys that are not revoked. Counted along under the workspace's lock, so that no page has to count.
alter table workspaces add column key_count integer not null default 0;

update workspaces
set key_count = (select count(*) from api_keys k where k.workspace_id = workspaces.id and k.revoked_at is null);

-- `owner_id` is the member whose role bounds the key; with `owner_kind` = 'workspace' nobody's does.
alter table api_keys add column owner_kind text not null default 'member';
alter table api_keys add column creator_id blob references users (id);
alter table api_keys add column environment text not null default '';
alter table api_keys add column networks text not null default '[]';
alter table api_keys add column revoked_reason text;
-- Raised with each change: who changes an older one than the latest is told.
alter table api_keys add column version integer not null default 1;

update api_keys
set creator_id = owner_id;

create index api_keys_live on api_keys (workspace_id, id) where revoked_at is null;
create index api_keys_by_end on api_keys (workspace_id, expires_at) where revoked_at is null and expires_at is not null;
create index api_keys_by_owner on api_keys (owner_id, workspace_id);

-- While a key is rotated it has two secrets; the one that goes has its end here.
alter table key_secrets add column retires_at text;

create unique index key_secrets_current on key_secrets (key_id) where retires_at is null;

-- The last request for which each secret was let through: while two work, people see which is in use.
create table secret_uses (
    hash    blob not null primary key references key_secrets (hash) on delete cascade,
    at      text not null,
    route   text not null,
    address text not null
) strict;

-- Requests with a key that does not work any more, since it stopped.
create table refused_uses (
    key_id  blob not null primary key references api_keys (id) on delete cascade,
    tries   integer not null,
    at      text not null,
    address text not null
) strict;

-- Ids are UUIDv7 as 16 bytes, times RFC 3339 text in UTC, lists JSON text. Times are always bound by
-- the program, never made here, so that they compare as text.

create table users (
    id            blob not null primary key,
    email         text not null unique,
    name          text not null,
    password_hash text not null,
    created_at    text not null
) strict;

-- A browser in which somebody is signed in. The cookie's value is never stored, only its SHA-256.
create table sessions (
    id         blob not null primary key,
    token_hash blob not null unique,
    user_id    blob not null references users (id) on delete cascade,
    data       text not null,
    address    text,
    user_agent text,
    created_at text not null,
    seen_at    text not null,
    expires_at text not null
) strict;

create index sessions_by_user on sessions (user_id);
create index sessions_by_end on sessions (expires_at);

create table workspaces (
    id         blob not null primary key,
    slug       text not null unique,
    name       text not null,
    plan       text not null,
    created_at text not null
) strict;

create table members (
    workspace_id blob not null references workspaces (id) on delete cascade,
    user_id      blob not null references users (id) on delete cascade,
    role         text not null,
    created_at   text not null,
    primary key (workspace_id, user_id)
) strict;

create index members_by_user on members (user_id);

create table api_keys (
    id           blob not null primary key,
    workspace_id blob not null references workspaces (id) on delete cascade,
    owner_id     blob not null references users (id),
    label        text not null,
    note         text not null,
    scopes       text not null,
    created_at   text not null,
    expires_at   text,
    disabled_at  text,
    revoked_at   text
) strict;

create index api_keys_by_workspace on api_keys (workspace_id, id);

-- A key's secret: its SHA-256 and the characters that stay visible. A table of its own, because a key
-- that is being rotated has two.
create table key_secrets (
    hash       blob not null primary key,
    key_id     blob not null references api_keys (id) on delete cascade,
    start      text not null,
    last4      text not null,
    created_at text not null
) strict;

create index key_secrets_by_key on key_secrets (key_id);

-- The last request that each key was let through for; written in batches, apart from the keys.
create table last_uses (
    key_id  blob not null primary key references api_keys (id) on delete cascade,
    at      text not null,
    route   text not null,
    address text not null
) strict;

-- Only ever added to. Names are copied: a line says what things were called then.
create table audit_log (
    id           blob not null primary key,
    workspace_id blob,
    at           text not null,
    actor_id     blob,
    actor        text,
    action       text not null,
    refused      text,
    subject_id   text,
    subject      text,
    changes      text not null,
    address      text,
    user_agent   text
) strict;

create index audit_log_by_workspace on audit_log (workspace_id, id);
create index audit_log_by_subject on audit_log (workspace_id, subject_id, id);

-- Failed tries, by the SHA-256 of what is being tried.
create table throttles (
    bucket    blob not null primary key,
    tries     integer not null,
    resets_at text not null
) strict;

-- What the instance must remember about itself.
create table instance (
    name  text not null primary key,
    value blob not null
) strict;

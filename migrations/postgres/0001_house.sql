-- The same tables as for SQLite, in PostgreSQL's types. Times are always bound by
-- the program, never made here.

create table users (
    id            uuid not null primary key,
    email         text not null unique,
    name          text not null,
    password_hash text not null,
    created_at    timestamptz not null
);

-- A browser in which somebody is signed in. The cookie's value is never stored, only its SHA-256.
create table sessions (
    id         uuid not null primary key,
    token_hash bytea not null unique,
    user_id    uuid not null references users (id) on delete cascade,
    data       jsonb not null,
    address    text,
    user_agent text,
    created_at timestamptz not null,
    seen_at    timestamptz not null,
    expires_at timestamptz not null
);

create index sessions_by_user on sessions (user_id);
create index sessions_by_end on sessions (expires_at);

create table workspaces (
    id         uuid not null primary key,
    slug       text not null unique,
    name       text not null,
    plan       text not null,
    created_at timestamptz not null
);

create table members (
    workspace_id uuid not null references workspaces (id) on delete cascade,
    user_id      uuid not null references users (id) on delete cascade,
    role         text not null,
    created_at   timestamptz not null,
    primary key (workspace_id, user_id)
);

create index members_by_user on members (user_id);

create table api_keys (
    id           uuid not null primary key,
    workspace_id uuid not null references workspaces (id) on delete cascade,
    owner_id     uuid not null references users (id),
    label        text not null,
    note         text not null,
    scopes       jsonb not null,
    created_at   timestamptz not null,
    expires_at   timestamptz,
    disabled_at  timestamptz,
    revoked_at   timestamptz
);

create index api_keys_by_workspace on api_keys (workspace_id, id);

-- A key's secret: its SHA-256 and the characters that stay visible. A table of its own, because a key
-- that is being rotated has two.
create table key_secrets (
    hash       bytea not null primary key,
    key_id     uuid not null references api_keys (id) on delete cascade,
    start      text not null,
    last4      text not null,
    created_at timestamptz not null
);

create index key_secrets_by_key on key_secrets (key_id);

-- The last request that each key was let through for; written in batches, apart from the keys.
create table last_uses (
    key_id  uuid not null primary key references api_keys (id) on delete cascade,
    at      timestamptz not null,
    route   text not null,
    address text not null
);

-- Only ever added to. Names are copied: a line says what things were called then.
create table audit_log (
    id           uuid not null primary key,
    workspace_id uuid,
    at           timestamptz not null,
    actor_id     uuid,
    actor        text,
    action       text not null,
    refused      text,
    subject_id   text,
    subject      text,
    changes      jsonb not null,
    address      text,
    user_agent   text
);

create index audit_log_by_workspace on audit_log (workspace_id, id);
create index audit_log_by_subject on audit_log (workspace_id, subject_id, id);

-- Failed tries, by the SHA-256 of what is being tried.
create table throttles (
    bucket    bytea not null primary key,
    tries     bigint not null,
    resets_at timestamptz not null
);

-- What the instance must remember about itself.
create table instance (
    name  text not null primary key,
    value bytea not null
);

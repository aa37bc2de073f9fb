-- What apps were given. A grant is the root of everything that came of one decision: a code, refresh tokens that follow
-- each other, access tokens that name it. When it is revoked, all of them are over.
create table oauth_grants (
    id                 uuid not null primary key,
    app_id             uuid not null references oauth_apps (id) on delete cascade,
    -- Nobody's, where the app came for itself.
    user_id            uuid references users (id),
    workspace_id       uuid not null references workspaces (id) on delete cascade,
    kind               text not null,
    scopes             jsonb not null,
    resources          jsonb not null,
    -- Where the person was sent back to, as they saw it; empty where they were not.
    destination        text not null,
    created_at         timestamptz not null,
    -- When the last of what came of it ends by itself.
    ends_at            timestamptz not null,
    last_used_at       timestamptz,
    last_used_address  text,
    last_used_route    text,
    revoked_at         timestamptz,
    revoked_reason     text
);

create index oauth_grants_by_app on oauth_grants (app_id, id);
create index oauth_grants_by_user on oauth_grants (user_id, id);
create index oauth_grants_by_workspace on oauth_grants (workspace_id, id);
create index oauth_grants_by_end on oauth_grants (ends_at);

-- Requests that somebody is being asked about, bound to the browser session that opened them.
create table oauth_requests (
    id         uuid not null primary key,
    session    bytea not null,
    user_id    uuid not null references users (id) on delete cascade,
    app_id     uuid not null references oauth_apps (id) on delete cascade,
    asked      jsonb not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    decided_at timestamptz
);

create index oauth_requests_by_end on oauth_requests (expires_at);

-- Authorization codes, by their SHA-256.
create table oauth_codes (
    hash           bytea not null primary key,
    grant_id       uuid not null references oauth_grants (id) on delete cascade,
    redirect_uri   text not null,
    challenge      text,
    expires_at     timestamptz not null,
    redeemed_at    timestamptz
);

create index oauth_codes_by_grant on oauth_codes (grant_id);
create index oauth_codes_by_end on oauth_codes (expires_at);

-- Refresh tokens, by their SHA-256. The next one is derived of the one before, so that nothing in clear is needed to
-- give it out a second time.
create table oauth_refresh_tokens (
    hash          bytea not null primary key,
    grant_id      uuid not null references oauth_grants (id) on delete cascade,
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    superseded_at timestamptz
);

create index oauth_refresh_tokens_by_grant on oauth_refresh_tokens (grant_id);
create index oauth_refresh_tokens_by_end on oauth_refresh_tokens (expires_at);

-- Devices that wait for somebody to let them in. The user code is too short for a plain hash: it has one with a key.
create table oauth_device_codes (
    hash           bytea not null primary key,
    user_code_hash bytea not null unique,
    app_id         uuid not null references oauth_apps (id) on delete cascade,
    scopes         jsonb not null,
    resources      jsonb not null,
    address        text,
    state          text not null,
    session        bytea,
    user_id        uuid references users (id),
    grant_id       uuid references oauth_grants (id) on delete cascade,
    interval_s     bigint not null,
    polled_at      timestamptz,
    created_at     timestamptz not null,
    expires_at     timestamptz not null
);

create index oauth_device_codes_by_grant on oauth_device_codes (grant_id);
create index oauth_device_codes_by_end on oauth_device_codes (expires_at);

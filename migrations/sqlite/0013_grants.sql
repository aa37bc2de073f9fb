-- What apps were given. A grant is the root of everything that came of one decision: a code, refresh tokens that follow
-- each other, access tokens that name it. When it is revoked, all of them are over.
create table oauth_grants (
    id                 blob not null primary key,
    app_id             blob not null references oauth_apps (id) on delete cascade,
    -- Nobody's, where the app came for itself.
    user_id            blob references users (id),
    workspace_id       blob not null references workspaces (id) on delete cascade,
    kind               text not null,
    scopes             text not null,
    resources          text not null,
    -- Where the person was sent back to, as they saw it; empty where they were not.
    destination        text not null,
    created_at         text not null,
    -- When the last of what came of it ends by itself.
    ends_at            text not null,
    last_used_at       text,
    last_used_address  text,
    last_used_route    text,
    revoked_at         text,
    revoked_reason     text
) strict;

create index oauth_grants_by_app on oauth_grants (app_id, id);
create index oauth_grants_by_user on oauth_grants (user_id, id);
create index oauth_grants_by_workspace on oauth_grants (workspace_id, id);
create index oauth_grants_by_end on oauth_grants (ends_at);

-- Requests that somebody is being asked about, bound to the browser session that opened them.
create table oauth_requests (
    id         blob not null primary key,
    session    blob not null,
    user_id    blob not null references users (id) on delete cascade,
    app_id     blob not null references oauth_apps (id) on delete cascade,
    asked      text not null,
    created_at text not null,
    expires_at text not null,
    decided_at text
) strict;

create index oauth_requests_by_end on oauth_requests (expires_at);

-- Authorization codes, by their SHA-256.
create table oauth_codes (
    hash           blob not null primary key,
    grant_id       blob not null references oauth_grants (id) on delete cascade,
    redirect_uri   text not null,
    challenge      text,
    expires_at     text not null,
    redeemed_at    text
) strict;

create index oauth_codes_by_grant on oauth_codes (grant_id);
create index oauth_codes_by_end on oauth_codes (expires_at);

-- Refresh tokens, by their SHA-256. The next one is derived of the one before, so that nothing in clear is needed to
-- give it out a second time.
create table oauth_refresh_tokens (
    hash          blob not null primary key,
    grant_id      blob not null references oauth_grants (id) on delete cascade,
    created_at    text not null,
    expires_at    text not null,
    superseded_at text
) strict;

create index oauth_refresh_tokens_by_grant on oauth_refresh_tokens (grant_id);
create index oauth_refresh_tokens_by_end on oauth_refresh_tokens (expires_at);

-- Devices that wait for somebody to let them in. The user code is too short for a plain hash: it has one with a key.
create table oauth_device_codes (
    hash           blob not null primary key,
    user_code_hash blob not null unique,
    app_id         blob not null references oauth_apps (id) on delete cascade,
    scopes         text not null,
    resources      text not null,
    address        text,
    state          text not null,
    session        blob,
    user_id        blob references users (id),
    grant_id       blob references oauth_grants (id) on delete cascade,
    interval_s     integer not null,
    polled_at      text,
    created_at     text not null,
    expires_at     text not null
) strict;

create index oauth_device_codes_by_grant on oauth_device_codes (grant_id);
create index oauth_device_codes_by_end on oauth_device_codes (expires_at);

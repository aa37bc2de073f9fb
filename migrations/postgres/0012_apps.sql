-- Apps: what may ask for tokens. Those of a workspace were registered by a member in the dashboard; those without one
-- registered themselves (RFC 7591), and nobody has looked at them.
create table oauth_apps (
    id                uuid not null primary key,
    client_id         text not null unique,
    workspace_id      uuid references workspaces (id) on delete cascade,
    name              text not null,
    kind              text not null,
    redirect_uris     jsonb not null,
    scopes            jsonb not null,
    grant_types       jsonb not null,
    auth_method       text not null,
    pkce_optional     boolean not null default false,
    client_uri        text,
    registered_by     uuid references users (id),
    registered_from   text,
    -- What a self-registered app manages itself with (RFC 7592): its SHA-256.
    registration_hash bytea,
    created_at        timestamptz not null,
    last_used_at      timestamptz,
    disabled_at       timestamptz,
    version           bigint not null default 1
);

create index oauth_apps_by_workspace on oauth_apps (workspace_id, id);
create index oauth_apps_self_registered on oauth_apps (created_at) where workspace_id is null;

-- An app has two secrets while one replaces the other: the one that goes has its end.
create table app_secrets (
    hash       bytea not null primary key,
    app_id     uuid not null references oauth_apps (id) on delete cascade,
    last4      text not null,
    created_at timestamptz not null,
    retires_at timestamptz
);

create index app_secrets_by_app on app_secrets (app_id);
create unique index app_secrets_current on app_secrets (app_id) where retires_at is null;

-- What a workspace says of apps from elsewhere; without a row it is what the profile says.
create table app_policies (
    workspace_id uuid not null primary key references workspaces (id) on delete cascade,
    mode         text not null,
    scopes       jsonb not null
);

-- Apps from elsewhere that a member asked for, and what came of it.
create table app_approvals (
    workspace_id uuid not null references workspaces (id) on delete cascade,
    app_id       uuid not null references oauth_apps (id) on delete cascade,
    asked_by     uuid references users (id),
    asked_at     timestamptz not null,
    approved_by  uuid references users (id),
    approved_at  timestamptz,
    primary key (workspace_id, app_id)
);

create index app_approvals_by_app on app_approvals (app_id);

-- What was refused to an app and what was expected instead, for whoever builds it. No secrets.
create table app_events (
    id       uuid not null primary key,
    app_id   uuid not null references oauth_apps (id) on delete cascade,
    at       timestamptz not null,
    door     text not null,
    error    text not null,
    message  text not null,
    expected text,
    received text,
    address  text not null
);

create index app_events_by_app on app_events (app_id, id);
create index app_events_by_age on app_events (at);

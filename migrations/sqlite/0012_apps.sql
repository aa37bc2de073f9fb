-- Apps: what may ask for tokens. Those of a workspace were registered by a member in the dashboard; those without one
-- registered themselves (RFC 7591), and nobody has looked at them.
create table oauth_apps (
    id                blob not null primary key,
    client_id         text not null unique,
    workspace_id      blob references workspaces (id) on delete cascade,
    name              text not null,
    kind              text not null,
    redirect_uris     text not null,
    scopes            text not null,
    grant_types       text not null,
    auth_method       text not null,
    pkce_optional     integer not null default 0,
    client_uri        text,
    registered_by     blob references users (id),
    registered_from   text,
    -- What a self-registered app manages itself with (RFC 7592): its SHA-256.
    registration_hash blob,
    created_at        text not null,
    last_used_at      text,
    disabled_at       text,
    version           integer not null default 1
) strict;

create index oauth_apps_by_workspace on oauth_apps (workspace_id, id);
create index oauth_apps_self_registered on oauth_apps (created_at) where workspace_id is null;

-- An app has two secrets while one replaces the other: the one that goes has its end.
create table app_secrets (
    hash       blob not null primary key,
    app_id     blob not null references oauth_apps (id) on delete cascade,
    last4      text not null,
    created_at text not null,
    retires_at text
) strict;

create index app_secrets_by_app on app_secrets (app_id);
create unique index app_secrets_current on app_secrets (app_id) where retires_at is null;

-- What a workspace says of apps from elsewhere; without a row it is what the profile says.
create table app_policies (
    workspace_id blob not null primary key references workspaces (id) on delete cascade,
    mode         text not null,
    scopes       text not null
) strict;

-- Apps from elsewhere that a member asked for, and what came of it.
create table app_approvals (
    workspace_id blob not null references workspaces (id) on delete cascade,
    app_id       blob not null references oauth_apps (id) on delete cascade,
    asked_by     blob references users (id),
    asked_at     text not null,
    approved_by  blob references users (id),
    approved_at  text,
    primary key (workspace_id, app_id)
) strict;

create index app_approvals_by_app on app_approvals (app_id);

-- What was refused to an app and what was expected instead, for whoever builds it. No secrets.
create table app_events (
    id       blob not null primary key,
    app_id   blob not null references oauth_apps (id) on delete cascade,
    at       text not null,
    door     text not null,
    error    text not null,
    message  text not null,
    expected text,
    received text,
    address  text not null
) strict;

create index app_events_by_app on app_events (app_id, id);
create index app_events_by_age on app_events (at);

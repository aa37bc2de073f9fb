-- Accounts that the operator makes, and links that sign a person in once.

-- An empty `password_hash` is no password: only links sign such a person in. The version is raised with each
-- change of the password: a session that was asked for with an older one is not opened any more.
alter table users add column password_version bigint not null default 0;

-- Used links stay until their end, so that a second use is seen for what it is.
create table sign_in_links (
    token_hash   bytea not null primary key,
    user_id      uuid not null references users (id) on delete cascade,
    workspace_id uuid references workspaces (id) on delete cascade,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    used_at      timestamptz
);

create index sign_in_links_by_user on sign_in_links (user_id);
create index sign_in_links_by_workspace on sign_in_links (workspace_id);
create index sign_in_links_by_end on sign_in_links (expires_at);

-- Invitations: who may become a member, as what, and until when. The link's token is never stored, only its SHA-256.

create table invitations (
    id           uuid not null primary key,
    workspace_id uuid not null references workspaces (id) on delete cascade,
    email        text not null,
    role         text not null,
    token_hash   bytea not null unique,
    inviter_id   uuid not null references users (id),
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    accepted_at  timestamptz,
    revoked_at   timestamptz
);

create index invitations_by_workspace on invitations (workspace_id, id);

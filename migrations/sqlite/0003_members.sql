-- Invitations: who may become a member, as what, and until when. The link's token is never stored, only its SHA-256.

create table invitations (
    id           blob not null primary key,
    workspace_id blob not null references workspaces (id) on delete cascade,
    email        text not null,
    role         text not null,
    token_hash   blob not null unique,
    inviter_id   blob not null references users (id),
    created_at   text not null,
    expires_at   text not null,
    accepted_at  text,
    revoked_at   text
) strict;

create index invitations_by_workspace on invitations (workspace_id, id);

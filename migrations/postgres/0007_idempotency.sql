-- What was answered to a request that its sender may repeat. Both the sender's key and the request are kept as
-- SHA-256 only, and an answer that held a secret is not kept at all: then `subject` says what it was about.
create table idempotency_keys (
    workspace_id uuid not null references workspaces (id) on delete cascade,
    user_id      uuid not null references users (id) on delete cascade,
    key_hash     bytea not null,
    request_hash bytea not null,
    created_at   timestamptz not null,
    status       integer,
    body         text,
    etag         text,
    subject      text,
    primary key (workspace_id, user_id, key_hash)
);

create index idempotency_keys_by_age on idempotency_keys (created_at);

-- Letters about keys that end soon. A row is written before the letter is sent: of several nodes only the one that
-- wrote it sends.
create table key_reminders (
    key_id  uuid not null references api_keys (id) on delete cascade,
    user_id uuid not null references users (id) on delete cascade,
    days    bigint not null,
    sent_at timestamptz not null,
    primary key (key_id, user_id, days)
);

-- For the question which keys end soon, over all workspaces.
create index api_keys_ending on api_keys (expires_at) where revoked_at is null and expires_at is not null;

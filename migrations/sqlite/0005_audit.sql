-- By what the actor came, and the chain: each entry carries the hash of the one before it. Entries from
-- before have neither.

alter table audit_log add column via text;
alter table audit_log add column seq integer;
alter table audit_log add column prev_hash blob;
alter table audit_log add column hash blob;

create index audit_log_by_seq on audit_log (workspace_id, seq, id);
create index audit_log_by_actor on audit_log (workspace_id, actor_id, id);
create index audit_log_by_action on audit_log (workspace_id, action, id);

-- The last entry of each chain, and its lock. A chain is named by its workspace; the one of the entries
-- that belong to none by the id that is all zeros.
create table audit_heads (
    chain blob not null primary key,
    seq   integer not null,
    hash  blob not null
) strict;

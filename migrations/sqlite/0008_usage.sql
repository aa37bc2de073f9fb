-- How many requests with each key had which fate: added up by the minute, the hour and the day. `units` is what they took
-- from the limits. The workspace stands beside the key, so that its day can be added up without asking for its keys.
create table usage_counts (
    key_id       blob not null references api_keys (id) on delete cascade,
    workspace_id blob not null references workspaces (id) on delete cascade,
    grain        text not null,
    start        text not null,
    route        text not null,
    outcome      text not null,
    requests     integer not null,
    units        integer not null,
    primary key (key_id, grain, start, route, outcome)
) strict;

create index usage_counts_by_workspace on usage_counts (workspace_id, grain, start);
create index usage_counts_by_age on usage_counts (grain, start);

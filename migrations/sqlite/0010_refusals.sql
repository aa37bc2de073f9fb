-- Requests with a key of ours that the gate refused, and what it saw: kept for some days and to a number, so that
-- people can ask why. `request_id` is what the caller was told; a proxy may have chosen it, so it need not be one
-- request's alone. The key itself and the path are nowhere in here: `route` is the profile's spelling, empty where none
-- fits.
create table refusals (
    id           blob not null primary key,
    request_id   text not null,
    workspace_id blob not null references workspaces (id) on delete cascade,
    key_id       blob not null references api_keys (id) on delete cascade,
    at           text not null,
    route        text not null,
    address      text not null,
    reason       text not null,
    facts        text not null
) strict;

create index refusals_by_workspace on refusals (workspace_id, id);
create index refusals_by_key on refusals (key_id, id);
create index refusals_by_request on refusals (request_id);
create index refusals_by_age on refusals (at);

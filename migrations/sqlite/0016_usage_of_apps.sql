-- What apps do with tokens is counted like what is done with keys: by the grant that the tokens are of, with its app
-- beside it. Neither is a reference: grants and apps go, and what was done in their name stays until its time is over.
create table usage_counts_of_credentials (
    -- A key, or a grant.
    credential_id blob not null,
    workspace_id  blob not null references workspaces (id) on delete cascade,
    -- The grant's; none of a key.
    app_id        blob,
    grain         text not null,
    start         text not null,
    route         text not null,
    outcome       text not null,
    requests      integer not null,
    units         integer not null,
    primary key (credential_id, grain, start, route, outcome)
) strict;

insert into usage_counts_of_credentials (credential_id, workspace_id, grain, start, route, outcome, requests, units)
select key_id, workspace_id, grain, start, route, outcome, requests, units
from usage_counts;

drop table usage_counts;
alter table usage_counts_of_credentials rename to usage_counts;
create index usage_counts_by_workspace on usage_counts (workspace_id, grain, start);
create index usage_counts_by_age on usage_counts (grain, start);

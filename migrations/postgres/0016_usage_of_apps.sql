-- What apps do with tokens is counted like what is done with keys: by the grant that the tokens are of, with its app
-- beside it. Neither is a reference: grants and apps go, and what was done in their name stays until its time is over.
alter table usage_counts drop constraint usage_counts_key_id_fkey;
alter table usage_counts rename column key_id to credential_id;
alter table usage_counts add column app_id uuid;

-- What Keywright signs tokens with. `sealed_key` is the private part, encrypted with a key that comes from the instance's
-- `sealing_key`: whoever has the database alone can sign nothing. `generation` counts them, so that of two nodes that make
-- the next one at once one wins.
create table signing_keys (
    generation  bigint not null primary key,
    kid         text not null unique,
    public_key  bytea not null,
    sealed_key  bytea not null,
    signs_from  timestamptz not null,
    signs_until timestamptz not null
);

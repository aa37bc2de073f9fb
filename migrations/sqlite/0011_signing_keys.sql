-- What Keywright signs tokens with. `sealed_key` is the private part, encrypted with a key that comes from the instance's
-- `sealing_key`: whoever has the database alone can sign nothing. `generation` counts them, so that of two nodes that make
-- the next one at once one wins.
create table signing_keys (
    generation  integer not null primary key,
    kid         text not null unique,
    public_key  blob not null,
    sealed_key  blob not null,
    signs_from  text not null,
    signs_until text not null
) strict;

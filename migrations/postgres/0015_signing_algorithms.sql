-- With what a key signs: ES256, EdDSA or RS256.
alter table signing_keys add column algorithm text not null default 'ES256';

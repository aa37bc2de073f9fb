-- What the last request was answered, where it went through the gateway: only there is the answer seen.
alter table last_uses add column status bigint;
alter table secret_uses add column status bigint;

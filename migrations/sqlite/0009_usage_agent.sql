-- With what kind of program a key was last used: the name of a family, never what the program called itself.
alter table last_uses add column agent text;
alter table secret_uses add column agent text;

-- The command line: an app that is part of the program. It belongs to no workspace, nobody registered it, and without a
-- registration's token nobody can change it. Its one scope is not of the profile.
insert into oauth_apps
    (id, client_id, workspace_id, name, kind, redirect_uris, scopes, grant_types, auth_method, created_at)
values (
    '00000000-0000-7000-8000-000000000001',
    'keywright-cli',
    null,
    'Keywright command line',
    'device',
    '["http://127.0.0.1/callback", "http://[::1]/callback"]',
    '["keywright:manage"]',
    '["urn:ietf:params:oauth:grant-type:device_code", "authorization_code", "refresh_token"]',
    'none',
    '2026-01-01T00:00:00+00:00'
);

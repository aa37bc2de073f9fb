"""An app by Authlib."""

import os

# The server under test speaks HTTP on the loopback interface.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

from person import ask, facts, tell

facts = facts()
method = facts["method"]
server = requests.get(facts["issuer"] + "/.well-known/oauth-authorization-server", timeout=10).json()
AuthorizationServerMetadata(server).validate()


def session(credentials, **more):
    return OAuth2Session(credentials["id"], credentials["secret"], token_endpoint_auth_method=method, **more)


app = session(
    facts["app"],
    scope=" ".join(facts["scopes"]),
    redirect_uri=facts["callback"],
    code_challenge_method="S256",
    token_endpoint=server["token_endpoint"],
    revocation_endpoint_auth_method=method,
)
verifier = generate_token(48)
link, state = app.create_authorization_url(server["authorization_endpoint"], code_verifier=verifier)
answer = ask(link)
first = dict(app.fetch_token(authorization_response=answer, state=state, code_verifier=verifier))

# It finds by itself that the token has expired, before the next request.
app.token = {**first, "expires_at": 1}
app.get(facts["issuer"] + "/health/ready")
second = dict(app.token)


def worth():
    return app.introspect_token(server["introspection_endpoint"], token=second["access_token"]).json()


before = worth()
app.revoke_token(server["revocation_endpoint"], token=second["refresh_token"]).raise_for_status()
after = worth()
machine = session(facts["machine"]).fetch_token(server["token_endpoint"], grant_type="client_credentials")
tell(first=first, second=second, before=before, after=after, machine=machine)

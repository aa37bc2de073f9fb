"""An app by requests-oauthlib."""

import os

# The server under test speaks HTTP on the loopback interface.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from oauthlib.oauth2 import BackendApplicationClient
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from person import ask, facts, tell

facts = facts()
server = requests.get(facts["issuer"] + "/.well-known/oauth-authorization-server", timeout=10).json()


def proof(credentials):
    """The secret, in the header or in the body."""
    if facts["method"] == "client_secret_basic":
        return {"auth": HTTPBasicAuth(credentials["id"], credentials["secret"])}
    return {"client_id": credentials["id"], "client_secret": credentials["secret"]}


def fetching(credentials):
    """The same, as `fetch_token` wants it."""
    if facts["method"] == "client_secret_basic":
        return proof(credentials)
    return {"client_secret": credentials["secret"], "include_client_id": True}


held = []
app = OAuth2Session(
    facts["app"]["id"],
    redirect_uri=facts["callback"],
    scope=facts["scopes"],
    pkce="S256",
    auto_refresh_url=server["token_endpoint"],
    auto_refresh_kwargs=proof(facts["app"]),
    token_updater=held.append,
)
link, _ = app.authorization_url(server["authorization_endpoint"])
first = app.fetch_token(server["token_endpoint"], authorization_response=ask(link), **fetching(facts["app"]))

# It finds by itself that the token has expired, before the next request.
app.token = {**first, "expires_in": -1, "expires_at": 1}
app.get(facts["issuer"] + "/health/ready")
second = held[0]

secret = HTTPBasicAuth(facts["app"]["id"], facts["app"]["secret"])


def post(endpoint, token):
    """It has no words of its own for introspection and revocation."""
    answer = requests.post(server[endpoint], data={"token": token}, auth=secret, timeout=10)
    answer.raise_for_status()
    return answer


before = post("introspection_endpoint", second["access_token"]).json()
post("revocation_endpoint", second["refresh_token"])
after = post("introspection_endpoint", second["access_token"]).json()
alone = OAuth2Session(client=BackendApplicationClient(client_id=facts["machine"]["id"]))
machine = alone.fetch_token(server["token_endpoint"], **fetching(facts["machine"]))
tell(first=first, second=second, before=before, after=after, machine=machine)

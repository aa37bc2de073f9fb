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


BASIC = facts["method"] == "client_secret_basic"


def proof(credentials):
    """The secret in the header or in the body, as `fetch_token` wants it."""
    if BASIC:
        return {"auth": HTTPBasicAuth(credentials["id"], credentials["secret"])}
    return {"client_secret": credentials["secret"], "include_client_id": True}


own = {"client_id": facts["app"]["id"], "client_secret": facts["app"]["secret"]}
held = []
app = OAuth2Session(
    own["client_id"],
    redirect_uri=facts["callback"],
    scope=facts["scopes"],
    pkce="S256",
    auto_refresh_url=server["token_endpoint"],
    auto_refresh_kwargs={} if BASIC else own,
    token_updater=held.append,
)
link, _ = app.authorization_url(server["authorization_endpoint"])
first = app.fetch_token(server["token_endpoint"], authorization_response=ask(link), **proof(facts["app"]))

# It finds by itself that the token has expired, before the next request. What goes with a request is for the header.
app.token = {**first, "expires_in": -1, "expires_at": 1}
app.get(facts["issuer"] + "/health/ready", **(own if BASIC else {}))
second = held[0]


def post(endpoint, token):
    """It has no words of its own for introspection and revocation."""
    answer = requests.post(server[endpoint], data={"token": token, **own}, timeout=10)
    answer.raise_for_status()
    return answer


before = post("introspection_endpoint", second["access_token"]).json()
post("revocation_endpoint", second["refresh_token"])
after = post("introspection_endpoint", second["access_token"]).json()
alone = OAuth2Session(client=BackendApplicationClient(client_id=facts["machine"]["id"]))
machine = alone.fetch_token(server["token_endpoint"], **proof(facts["machine"]))
tell(first=first, second=second, before=before, after=after, machine=machine)

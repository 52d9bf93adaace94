"""Stock OAuth 2.0 libraries against a running demo: each gets a token with no code of ours, and calls with it.

    pip install authlib requests-oauthlib cryptography
    cargo run --release -- demo --without-wave
    python3 tests/oauth/stock_clients.py http://127.0.0.1:8080 homeward-demo/demo-accounts.json
"""

import base64
import json
import os
import sys
import time
import uuid

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session as RequestsOauthlib

# The demo speaks plain HTTP on this host.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


def encoded(number):
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def p256():
    """A P-256 key pair: the private half as PEM, the public half as a JWK."""
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    jwk = {"kty": "EC", "crv": "P-256", "kid": "p256", "x": encoded(numbers.x), "y": encoded(numbers.y)}
    return pem.decode(), jwk


def client_of_an_ngo(server, accounts, jwk):
    """What an administrator does once: a client with a secret and a key."""
    found = json.load(open(accounts, encoding="utf-8"))
    accounts = found["accounts"] if isinstance(found, dict) else found
    admin = next(account for account in accounts if account["username"] == "admin")
    body = {"username": admin["username"], "password": admin["password"]}
    token = requests.post(f"{server}/v1/auth/login", json=body, timeout=30).json()["access_token"]
    api = requests.Session()
    api.headers["Authorization"] = f"Bearer {token}"
    organisations = api.get(f"{server}/v1/organisations?limit=200", timeout=30).json()["items"]
    ngo = next(organisation for organisation in organisations if organisation["kind"] == "ngo")
    body = {
        "organisation_id": ngo["id"],
        "name": f"Stock clients {uuid.uuid4()}",
        "scopes": ["case:read", "statistics:read"],
        "keys": {"keys": [jwk]},
    }
    client = api.post(f"{server}/v1/clients", json=body, timeout=30).json()
    secret = api.post(f"{server}/v1/clients/{client['id']}/secrets", json={}, timeout=30).json()["secret"]
    return client["id"], secret


def main(server, accounts):
    pem, jwk = p256()
    client_id, secret = client_of_an_ngo(server, accounts, jwk)
    metadata = requests.get(f"{server}/.well-known/oauth-authorization-server", timeout=30).json()
    endpoint = metadata["token_endpoint"]

    def works(name, session):
        assert session.get(f"{server}/v1/cases?limit=1", timeout=30).status_code == 200, name
        refused = session.get(f"{server}/v1/missions", timeout=30)
        assert refused.status_code == 403 and "insufficient_scope" in refused.headers["WWW-Authenticate"], name
        print(f"{name}: token, answer, and a refusal with its scope")

    for method in ["client_secret_basic", "client_secret_post"]:
        session = OAuth2Session(client_id, secret, token_endpoint_auth_method=method, scope="case:read")
        session.fetch_token(endpoint, grant_type="client_credentials")
        works(f"authlib, {method}", session)

    session = OAuth2Session(client_id, ECKey.import_key(pem), token_endpoint_auth_method="private_key_jwt", scope="case:read")
    # The library's assertions live an hour unless told otherwise; here they live a minute at most.
    session.register_client_auth_method(PrivateKeyJWT(endpoint, alg="ES256", claims={"exp": int(time.time()) + 50}))
    session.fetch_token(endpoint, grant_type="client_credentials")
    works("authlib, private_key_jwt", session)

    session = RequestsOauthlib(client=BackendApplicationClient(client_id=client_id, scope=["case:read"]))
    session.fetch_token(endpoint, client_id=client_id, client_secret=secret)
    works("requests-oauthlib", session)


if __name__ == "__main__":
    main(*sys.argv[1:3])

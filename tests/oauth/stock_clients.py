"""Stock OAuth 2.0 libraries against a demo: each gets a token with no code of ours, and calls with it. `tests/oauth/run` starts it.

What the guide of machine clients shows in Python and in JavaScript is run as it is printed there.
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import uuid

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey, OKPKey
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session as RequestsOauthlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = ROOT / "src/api/docs/guides/machines.md"
# What a browser or Node makes: with `key_ops`, `ext` and an `alg`, and without a `kid`.
WEB_CRYPTO = """
const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
const pem = Buffer.from(await crypto.subtle.exportKey('pkcs8', pair.privateKey)).toString('base64')
console.log(JSON.stringify([`-----BEGIN PRIVATE KEY-----\\n${pem}\\n-----END PRIVATE KEY-----\\n`, await crypto.subtle.exportKey('jwk', pair.publicKey)]))
"""
# The demo speaks plain HTTP on this host.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


class Administrator:
    """Makes clients, as an administrator does once for each system."""

    def __init__(self, server, accounts):
        self.server, self.api = server, requests.Session()
        admin = next(account for account in json.loads(accounts.read_text()) if account["username"] == "admin")
        body = {"username": admin["username"], "password": admin["password"]}
        self.api.headers["Authorization"] = f"Bearer {self.answer('post', '/v1/auth/login', body)['access_token']}"
        organisations = self.answer("get", "/v1/organisations?limit=200")["items"]
        self.ngo = next(organisation["id"] for organisation in organisations if organisation["kind"] == "ngo")

    def answer(self, method, path, body=None):
        answer = self.api.request(method, self.server + path, json=body, timeout=60)
        if not answer.ok:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def client(self, *keys):
        body = {"organisation_id": self.ngo, "name": f"Stock clients {uuid.uuid4()}", "scopes": ["case:read", "statistics:read"]}
        return self.answer("post", "/v1/clients", {**body, **({"keys": {"keys": list(keys)}} if keys else {})})["id"]

    def secret(self, client):
        return self.answer("post", f"/v1/clients/{client}/secrets", {})["secret"]


def works(server, name, session):
    assert session.get(f"{server}/v1/cases?limit=1", timeout=30).status_code == 200, name
    refused = session.get(f"{server}/v1/missions", timeout=30)
    assert refused.status_code == 403 and "insufficient_scope" in refused.headers["WWW-Authenticate"], name
    print(f"{name}: token, answer, and a refusal with its scope")


def with_secrets(server, endpoint, admin):
    client = admin.client()
    secret = admin.secret(client)
    for method in ["client_secret_basic", "client_secret_post"]:
        session = OAuth2Session(client, secret, token_endpoint_auth_method=method, scope="case:read")
        session.fetch_token(endpoint, grant_type="client_credentials")
        works(server, f"authlib, {method}", session)
    session = RequestsOauthlib(client=BackendApplicationClient(client_id=client, scope=["case:read"]))
    session.fetch_token(endpoint, client_id=client, client_secret=secret)
    works(server, "requests-oauthlib", session)


def with_keys(server, endpoint, admin):
    """Assertions that live an hour, which is what the library makes, under each name of an algorithm."""
    for name, kind, curve, algorithm in [("P-256", ECKey, "P-256", "ES256"), ("Ed25519", OKPKey, "Ed25519", "EdDSA"), ("Ed25519", OKPKey, "Ed25519", "Ed25519")]:
        key = kind.generate_key(curve, {"alg": algorithm, "use": "sig"})
        session = OAuth2Session(admin.client(key.as_dict(private=False)), key, token_endpoint_auth_method="private_key_jwt", scope="case:read")
        session.register_client_auth_method(PrivateKeyJWT(endpoint, alg=algorithm))
        session.fetch_token(endpoint, grant_type="client_credentials")
        works(server, f"authlib, private_key_jwt, {name} as {algorithm}", session)


def as_the_guide_shows(server, admin, node_modules):
    pem, jwk = json.loads(subprocess.run(["node", "--input-type=module", "-e", WEB_CRYPTO], capture_output=True, check=True).stdout)
    assert "key_ops" in jwk and "kid" not in jwk, jwk
    client = admin.client(jwk)
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "key.pem").write_text(pem)
        os.symlink(node_modules, pathlib.Path(folder, "node_modules"))
        for language, file, program in [("python", "shown.py", sys.executable), ("javascript", "shown.mjs", "node")]:
            [code] = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
            pathlib.Path(folder, file).write_text(code)
            settings = {**os.environ, "HOMEWARD_URL": server, "HOMEWARD_CLIENT_ID": client}
            done = subprocess.run([program, file], cwd=folder, env=settings, capture_output=True, text=True, timeout=120, check=False)
            if done.stdout.strip() != "200":
                raise SystemExit(f"the guide in {language}: {done.stdout}{done.stderr}")
            print(f"the guide in {language}: 200")


def demo(binary, folder):
    """A demo without the wave, on a free port; ready when its accounts can sign in."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    # Without what tells a suite how to run: the server knows its own settings, and refuses others that look like them.
    settings = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    arguments = ["demo", "--without-wave", "--listen", f"127.0.0.1:{port}", "--data", folder]
    log_file = folder.with_suffix(".log")
    with open(log_file, "wb") as log:
        process = subprocess.Popen([binary, *arguments], env=settings, stdout=log, stderr=log)
    server, ends = f"http://127.0.0.1:{port}", time.monotonic() + 180
    while "Ctrl-C" not in log_file.read_text():
        if process.poll() is not None or time.monotonic() > ends:
            raise SystemExit(log_file.read_text())
        time.sleep(0.2)
    return process, server


def main(binary, made):
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder, "demo")
        process, server = demo(binary, data)
        try:
            admin = Administrator(server, data / "demo-accounts.json")
            endpoint = requests.get(f"{server}/.well-known/oauth-authorization-server", timeout=30).json()["token_endpoint"]
            with_secrets(server, endpoint, admin)
            with_keys(server, endpoint, admin)
            as_the_guide_shows(server, admin, pathlib.Path(made, "node_modules").resolve())
        finally:
            process.terminate()
            process.wait(60)


if __name__ == "__main__":
    main(*sys.argv[1:])

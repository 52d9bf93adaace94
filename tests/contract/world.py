"""A world of invented people, made once by `homeward demo` and served anew, as a fresh copy, for every role."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import requests

# Whoever is fuzzed signs in with this account. The password is in `demo-accounts.json`.
ACCOUNTS = {
    "anonymous": None,
    "embassy_officer": "officer.vnm",
    "ngo_caseworker": "caseworker.safe-return",
    "coordinator": "coordinator.khm",
    "analyst": "analyst.khm",
    "administrator": "second.admin",
    "machine": None,
}

# A run makes far more requests than a person, and is to find out what is wrong, not that it is fast.
SETTINGS = {
    "HOMEWARD_RATE_LIMIT": "100000000",
    "HOMEWARD_BLIND_SEARCHES": "1000000",
    "HOMEWARD_BLIND_SEARCHES_ORGANISATION": "1000000",
    "HOMEWARD_STATISTICS_QUESTIONS": "1000000",
    # The demo's accounts have no authenticator app; what the second factor does is the suite's.
    "HOMEWARD_SECOND_FACTOR": "none",
    # Every request comes from an address of its own (hooks.py), so that nobody waits for the failures of another.
    "HOMEWARD_TRUSTED_PROXIES": "127.0.0.1",
    "HOMEWARD_LOG": "error",
}

# What a machine may hold at most.
SCOPES = ["reference:read", "case:read", "case:register", "case:update", "statistics:read", "statistics:exact"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The binary, until the block ends."""

    def __init__(self, arguments, port, log, environment=None):
        self.url = f"http://127.0.0.1:{port}"
        self.log = Path(log)
        with open(log, "wb") as output:
            # Without what tells the suite how to run: the server refuses settings that look like its own and are none.
            inherited = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
            self.process = subprocess.Popen(arguments, env={**inherited, **(environment or {})}, stdout=output, stderr=output)

    def __enter__(self):
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended:\n{self.log.read_text()}")
            try:
                if requests.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return self
            except requests.RequestException:
                time.sleep(0.2)
        self.__exit__()
        raise SystemExit("the server does not answer")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Person:
    """Somebody who is signed in."""

    def __init__(self, url, username, password):
        self.url, self.session = url, requests.Session()
        answer = self.session.post(f"{url}/v1/auth/login", json={"username": username, "password": password}, timeout=60)
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, path, **query):
        answer = self.session.get(f"{self.url}{path}", params=query, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def post(self, path, body=None):
        answer = self.session.post(f"{self.url}{path}", json=body, timeout=60)
        if not answer.ok:
            raise SystemExit(f"POST {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None


def make(binary, folder):
    """The world that every role gets a copy of, with what the demo has none of."""
    port = free_port()
    data = folder / "world"
    with Server([binary, "demo", "--without-wave", "--data", data, "--listen", f"127.0.0.1:{port}"], port, folder / "demo.log") as server:
        passwords = {account["username"]: account["password"] for account in json.loads((data / "demo-accounts.json").read_text())}
        credentials = furnish(server.url, passwords)
    (data / "credentials.json").write_text(json.dumps(credentials))
    return data


def furnish(url, passwords):
    """Adds accounts to spend, a machine, and something in every list."""
    admin = Person(url, "admin", passwords["admin"])
    caseworker = Person(url, "caseworker.safe-return", passwords["caseworker.safe-return"])
    officer = Person(url, "officer.vnm", passwords["officer.vnm"])
    users = admin.get("/v1/users", limit=200)["items"]
    organisation = {user["username"]: user["organisation_id"] for user in users}
    spare = {}
    for role, colleague in [*((role, account) for role, account in ACCOUNTS.items() if account), ("administrator", "admin")]:
        for prefix in ["second.", "spare."]:
            username = f"{prefix}{role.replace('_', '-').replace('administrator', 'admin')}"
            if colleague == "second.admin" or username in spare or (prefix == "second." and role != "administrator"):
                continue
            body = {"organisation_id": organisation[colleague], "username": username, "display_name": "Invented", "role": role}
            spare[username] = admin.post("/v1/users", body)["id"]
    for username, user in spare.items():
        passwords[username] = set_password(url, admin, user, username)
    client = admin.post("/v1/clients", {"organisation_id": organisation["caseworker.safe-return"], "name": "Register", "scopes": SCOPES})
    secret = admin.post(f"/v1/clients/{client['id']}/secrets", {"expires_in_days": 30})
    desk = organisation["coordinator.khm"]
    cases = [case["id"] for case in caseworker.get("/v1/cases", limit=20)["items"]]
    for case in cases[:4]:
        caseworker.post(f"/v1/cases/{case}/stays", {"entry": "recruited"})
        caseworker.post(f"/v1/cases/{case}/tasks", {"note": "Call the sister", "due_on": "2030-01-01"})
        caseworker.post(f"/v1/cases/{case}/denials", {"scope": "missions_of", "missions_of": "MMR"})
    caseworker.post("/v1/movements/batches", {"name": "Charter", "mode": "charter_flight", "status": "booked", "capacity": 30,
                                              "departs_at": "2999-01-01T08:00:00Z", "arrives_at": "2999-01-01T12:00:00Z"})
    officer.post("/v1/mission-reports", {"reported_on": "2026-01-20", "nationality": "VNM", "host_country": "KHM", "count": 44,
                                         "qualifier": "exact", "kind": "walk_in"})
    admin.post(f"/v1/clients/{client['id']}/secrets", {"expires_in_days": 30})
    return {"passwords": passwords, "client_id": client["id"], "client_secret": secret["secret"], "desk": desk}


def set_password(url, admin, user, username):
    """Gives somebody a password of their own, as an administrator and that person do together; the way back in, too."""
    code = admin.post(f"/v1/users/{user}/password-reset")["reset_code"]
    password = f"a lantern for every door of {user}"
    answer = requests.post(f"{url}/v1/auth/password-reset",
                           json={"username": username, "reset_code": code, "new_password": password}, timeout=60)
    answer.raise_for_status()
    person = Person(url, username, password)
    version = person.get("/v1/code-of-conduct")["version"]
    person.post("/v1/code-of-conduct/acceptance", {"version": version})
    return password


def serve(binary, world, folder):
    """The world as it was made, served on a free port."""
    port = free_port()
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(world, copy)
    own = {
        "DATABASE_URL": f"sqlite://{copy}/homeward.db",
        "HOMEWARD_KEY_FILE": f"{copy}/root.key",
        "HOMEWARD_LISTEN": f"127.0.0.1:{port}",
        "HOMEWARD_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    return Server([binary, "serve"], port, folder / "serve.log", {**SETTINGS, **own})

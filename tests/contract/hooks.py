"""What Schemathesis needs to know about this service: who signs in, which ids exist, which version is current, and who was
answered what. It changes only what was generated as valid: wrong ids, wrong versions and wrong bodies go out as they are."""

import atexit
import collections
import json
import os
import random
import re
import threading
import time

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

import world

ROLE = os.environ["CONTRACT_ROLE"]
URL = os.environ["CONTRACT_URL"]
CREDENTIALS = json.load(open(os.environ["CONTRACT_CREDENTIALS"]))
CHOICE = random.Random(int(os.environ.get("CONTRACT_SEED", "1")))
# How often a valid id or version is replaced by one that exists.
REAL = 0.85
# Seconds after which a session is too old for the operations that ask for a recent one.
RECENT = 200

# They end the session, or make the account wait: done with a spare account of the same role, so that the others go on.
OWN_ACCOUNT = {
    "logout", "delete_own_sessions", "delete_own_session", "change_password", "step_up", "begin_second_factor",
    "confirm_second_factor", "delete_second_factor", "renew_recovery_codes",
}


def name_of(operation):
    return operation.definition.raw["operationId"]


# --- Who signs in -----------------------------------------------------------------------------------------------------


class Account:
    """Somebody who signs in, and again when the session is old or ended."""

    def __init__(self, username):
        self.username, self.token, self.since, self.lock = username, None, 0, threading.Lock()

    def bearer(self):
        with self.lock:
            if self.token is None or time.monotonic() - self.since > RECENT:
                self.token, self.since = self.sign_in(), time.monotonic()
            return self.token

    def forget(self, token):
        with self.lock:
            if self.token == token:
                self.token = None

    def sign_in(self):
        if ROLE == "machine":
            form = {"grant_type": "client_credentials", "client_id": CREDENTIALS["client_id"],
                    "client_secret": CREDENTIALS["client_secret"]}
            answer = requests.post(f"{URL}/v1/oauth/token", data=form, headers=address(), timeout=60)
            answer.raise_for_status()
            return answer.json()["access_token"]
        for _ in range(3):
            body = {"username": self.username, "password": CREDENTIALS["passwords"][self.username]}
            answer = requests.post(f"{URL}/v1/auth/login", json=body, headers=address(), timeout=60)
            if answer.status_code == 200:
                return answer.json()["access_token"]
            self.restore()
        raise SystemExit(f"{self.username} cannot sign in any more: {answer.text}")

    def restore(self):
        """An administrator who is not fuzzed gives the account back."""
        admin = world.Person(URL, "admin", CREDENTIALS["passwords"]["admin"])
        user = next(user for user in admin.get("/v1/users", limit=200)["items"] if user["username"] == self.username)
        CREDENTIALS["passwords"][self.username] = world.set_password(URL, admin, user["id"], self.username)


def address():
    """An address of its own for every request: failures of one are not held against another."""
    return {"X-Forwarded-For": f"10.{CHOICE.randrange(256)}.{CHOICE.randrange(256)}.{CHOICE.randrange(256)}"}


MAIN = Account(world.ACCOUNTS[ROLE])
SPARE = MAIN if ROLE == "machine" else Account(f"spare.{ROLE.replace('_', '-').replace('administrator', 'admin')}")

if ROLE != "anonymous":

    @schemathesis.auth(refresh_interval=None)
    class SignIn:
        def get(self, case, context):
            account = SPARE if name_of(case.operation) in OWN_ACCOUNT else MAIN
            return account.bearer()

        def set(self, case, data, context):
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


# --- Which ids exist --------------------------------------------------------------------------------------------------

# The list that knows the ids of a field of a body. Fields that no list knows keep what was generated.
LIST_OF_FIELD = {
    "mission_id": "/v1/missions", "compound_id": "/v1/compounds", "operation_id": "/v1/operations", "part_of": "/v1/operations",
    "organisation_id": "/v1/organisations", "to_organisation_id": "/v1/organisations", "case_ids": "/v1/cases",
    "recipient_organisation_id": "/v1/organisations", "survivor_case_id": "/v1/cases", "approval_id": "/v1/approvals",
}
# The ids of these are in the thing itself.
LIST_IN_THING = {"/v1/missions/{}/coverage": "coverage", "/v1/clients/{}/secrets": "secrets"}
# Whoever restores the others, and who is fuzzed as an administrator: nobody takes the way in from these accounts.
PROTECTED = {"admin", "second.admin", "spare.admin"}


class Things:
    """What the role can see, as far as it was looked for, and what it made since."""

    def __init__(self):
        self.ids, self.asked = collections.defaultdict(list), set()

    def ask(self, path):
        token = {} if ROLE == "anonymous" else {"Authorization": f"Bearer {MAIN.bearer()}"}
        return requests.get(f"{URL}{path}", headers={**address(), **token}, timeout=60)

    def below(self, path):
        """The ids in a list. Asked for once; what is made later is added as it is made."""
        if path not in self.asked:
            self.asked.add(path)
            shape = re.sub(r"[0-9a-f-]{36}", "{}", path)
            thing = shape in LIST_IN_THING
            answer = self.ask(path.rsplit("/", 1)[0] if thing else f"{path}?limit=100" if shape.count("{}") == 0 else path)
            if answer.status_code == 200:
                found = answer.json()
                items = found.get(LIST_IN_THING[shape], []) if thing else found.get("items", [])
                for item in items:
                    item = item.get("operation", item) if isinstance(item, dict) else {}
                    if "id" in item and item.get("username") not in PROTECTED:
                        self.ids[path].append(item["id"])
        return self.ids[path]

    def made(self, location):
        path, _, made = location.rpartition("/")
        if re.fullmatch(r"[0-9a-f-]{36}", made):
            self.below(path)
            self.ids[path].append(made)

    def parameters(self, template):
        """Ids that exist together at a path, such as a case and one of its stays."""
        for _ in range(8):
            path, found = "", {}
            for segment in template.strip("/").split("/"):
                if segment.startswith("{"):
                    ids = self.below(path)
                    if not ids:
                        break
                    found[segment[1:-1]] = CHOICE.choice(ids)
                    segment = found[segment[1:-1]]
                path = f"{path}/{segment}"
            else:
                return found
        return None

    def place(self, body):
        """The body with ids that exist."""
        if isinstance(body, dict):
            return {field: self.place_field(field, value) for field, value in body.items()}
        return [self.place(item) for item in body] if isinstance(body, list) else body

    def place_field(self, field, value):
        ids = self.below(LIST_OF_FIELD[field]) if field in LIST_OF_FIELD and value else []
        if ids and isinstance(value, str):
            return CHOICE.choice(ids)
        if ids and isinstance(value, list):
            return CHOICE.sample(ids, min(len(value), len(ids), 3))
        return self.place(value)


THINGS = Things()


def current_version(schema, case):
    """The ETag of the thing that a change is about: the nearest path with a GET."""
    template, path = case.operation.path, case.formatted_path
    while template.count("/") > 2:
        if "get" in schema.raw_schema["paths"].get(template, {}):
            return THINGS.ask(path).headers.get("ETag")
        template, path = template.rsplit("/", 1)[0], path.rsplit("/", 1)[0]
    return None


def whole(body):
    """31.0 is an integer to JSON Schema. No client whose field is an integer writes it so, and the service does not read it so."""
    if isinstance(body, dict):
        return {field: whole(value) for field, value in body.items()}
    if isinstance(body, list):
        return [whole(item) for item in body]
    return int(body) if isinstance(body, float) and body.is_integer() else body


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers = {**(case.headers or {}), **address()}
    if ROLE == "anonymous":
        return
    negative = case.meta.is_negative_at if case.meta else (lambda _: False)
    if case.path_parameters and not negative(ParameterLocation.PATH) and CHOICE.random() < REAL:
        case.path_parameters = THINGS.parameters(case.operation.path) or case.path_parameters
    if isinstance(case.body, (dict, list)) and not negative(ParameterLocation.BODY):
        case.body = whole(THINGS.place(case.body) if CHOICE.random() < REAL else case.body)
    # A cursor is what a list gave out: no schema can say which ones those are.
    if case.query and "after" in case.query and not negative(ParameterLocation.QUERY):
        case.query = {name: value for name, value in case.query.items() if name != "after"}
    names = {name.lower(): name for name in case.headers}
    if "if-match" in names and not negative(ParameterLocation.HEADER) and CHOICE.random() < REAL:
        version = current_version(case.operation.schema, case)
        if version:
            case.headers[names["if-match"]] = version


# --- Who was answered what --------------------------------------------------------------------------------------------

SEEN = collections.Counter()


@schemathesis.hook
def after_call(context, case, response):
    if response.request.method == case.operation.method.upper():
        SEEN[name_of(case.operation), response.status_code] += 1
    sent = response.request.headers.get("Authorization", "").removeprefix("Bearer ")
    if response.status_code == 401:
        for account in (MAIN, SPARE):
            account.forget(sent)
    location = response.headers.get("location")
    if response.status_code == 201 and location:
        THINGS.made(location[0])


@atexit.register
def write_down():
    with open(os.environ["CONTRACT_SEEN"], "a", encoding="utf-8") as file:
        for (operation, status), times in sorted(SEEN.items()):
            file.write(f"{ROLE} {operation} {status} {times}\n")

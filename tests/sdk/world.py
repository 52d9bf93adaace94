"""The world in which the stories of the clients happen: a real server, invented people, and a line that drops.

    python3 tests/sdk/world.py target/debug/homeward FOLDER LANGUAGE...

Starts a server, and a line to it that allows few requests a minute, makes for each language an officer who has
not signed in yet and a machine client, registers 1,000 people, and writes all that a story needs to know to
FOLDER/LANGUAGE.json. Then prints `ready` and serves until its standard input ends.
"""

import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import http.server
import json
import os
import pathlib
import re
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

PEOPLE = 1000
REQUESTS_A_MINUTE = 5
MISSION = "Embassy of Indonesia, Phnom Penh"
ADMINISTRATION = "Homeward Administration"
# A scan as small as can be. What is inside a PDF stays as it was sent.
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
# Those who are looked for by filter: few among the many.
IN_DANGER_EVERY = 40

GIVEN = ["Siti", "Budi", "Phương", "Nimal", "Suresh", "Aung", "Wanjiru", "Jose", "Ploy", "Rajesh", "Dewi", "Marisol"]
FAMILY = ["Rahmawati", "Santoso", "Nguyễn", "Perera", "Tamang", "Htun", "Mwangi", "Dela Cruz", "Srisai", "Kumar", "Lestari", "Reyes"]
SCRIPTS = ["林雅婷", "ສົມສັກ", "សុខា", "मनोज", "မောင်မောင်", "อรทัย", "Ольга", "محمد"]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def totp(secret, ahead=0):
    """RFC 6238: the code that an authenticator app shows `ahead` steps of thirty seconds from now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, (int(time.time()) // 30 + ahead).to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start:start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


class Caller:
    """As little of a client as this file needs: the stories are what shows how to call."""

    def __init__(self, server, token=None):
        self.server = server
        self.token = token

    def call(self, method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(self.server + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from None
        return json.loads(text) if text else None

    def post(self, path, body, **headers):
        return self.call("POST", path, body, **headers)


class World:
    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.running = []
        port = free_port()
        self.server = f"http://127.0.0.1:{port}"
        self.settings = dict(
            # Without what tells the suite how to run: the server knows its own settings, and refuses others that look like them.
            {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")},
            DATABASE_URL=f"sqlite://{self.folder}/data/homeward.db",
            HOMEWARD_KEY_FILE=f"{self.folder}/keys/root.key",
            HOMEWARD_LISTEN=f"127.0.0.1:{port}",
            HOMEWARD_PUBLIC_URL=self.server,
            HOMEWARD_RATE_LIMIT="1000000",
            HOMEWARD_SECOND_FACTOR="all",
            HOMEWARD_LOG="warn",
        )

    def start(self, *arguments, **settings):
        log = open(self.folder / "server.log", "a", encoding="utf-8")
        process = subprocess.Popen([self.binary, "serve", *arguments], env={**self.settings, **settings}, stdout=log, stderr=log)
        self.running.append(process)
        server = "http://" + settings.get("HOMEWARD_LISTEN", self.settings["HOMEWARD_LISTEN"])
        for _ in range(300):
            if process.poll() is not None:
                raise SystemExit(f"the server stopped: see {self.folder}/server.log")
            try:
                urllib.request.urlopen(server + "/healthz", timeout=5).close()
                return server
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server does not answer")

    def stop(self):
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(timeout=30)

    def admin(self, *arguments):
        done = subprocess.run([self.binary, "admin", *arguments], env=self.settings, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"admin {arguments[0]}: {done.stderr}")
        return done.stdout.strip(), done.stderr

    def user(self, username, role, organisation):
        """A user who has chosen a password and has not signed in yet."""
        told, _ = self.admin("create-user", "--username", username, "--role", role, "--organisation", organisation)
        code = re.search(r"within a day: (\S+)", told).group(1)
        password = secrets.token_urlsafe(18)
        Caller(self.server).post(
            "/v1/auth/password-reset", {"username": username, "reset_code": code, "new_password": password}
        )
        return {"username": username, "password": password}

    def signed_in(self, account):
        """Whoever sets the world up has set up the account: second factor, code of conduct."""
        first = Caller(self.server, Caller(self.server).post("/v1/auth/login", account)["access_token"])
        secret = first.post("/v1/auth/second-factor", None)["secret"]
        first.post("/v1/auth/second-factor/confirm", {"code": totp(secret)})
        conduct = first.call("GET", "/v1/code-of-conduct")
        first.post("/v1/code-of-conduct/acceptance", {"version": conduct["version"]})
        pair = Caller(self.server).post("/v1/auth/login", {**account, "code": totp(secret, 1)})
        return Caller(self.server, pair["access_token"])


def person(number, compound):
    identity = {"given_name": GIVEN[number % len(GIVEN)], "family_name": f"{FAMILY[number // 12 % len(FAMILY)]} {number}"}
    if number % 7 == 0:
        identity = {"original_script_name": f"{SCRIPTS[number // 7 % len(SCRIPTS)]} {number}"}
    return {
        "host_country": "KHM",
        "intake_channel": "walk_in_embassy",
        "nationality_claimed": "IDN",
        "compound_id": compound,
        "gender": ["feminine", "masculine"][number % 2],
        "risk_level": "high" if number % IN_DANGER_EVERY == 0 else "low",
        "identity": identity,
    }


def register_everybody(officer, compound):
    def register(number):
        officer.post("/v1/cases", person(number, compound), Idempotency_Key=f"world-{number}")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(register, range(PEOPLE)))


class Line(http.server.BaseHTTPRequestHandler):
    """Hands each request on to the server and its answer back. What is special about a line says `arrived`."""

    protocol_version = "HTTP/1.1"
    port = 0

    def log_message(self, *_):
        pass

    def ask(self, port, method, path, body, headers):
        upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        upstream.request(method, path, body or None, headers)
        answer = upstream.getresponse()
        return answer, answer.read()

    def before(self):
        """An answer that takes the place of the server's."""
        return None

    def arrived(self, answer, content):
        """What is handed back; None cuts the line."""
        return content

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer, content = self.before() or (None, None)
        if answer is None:
            headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            answer, content = self.ask(self.port, self.command, self.path, body, headers)
            content = self.arrived(answer, content)
        if content is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any


def open_line(line):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), line)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def drop_the_line(world):
    """A proxy that hands each request on, and loses the first answer to each Idempotency-Key: the server has done the work,
    and the caller does not know. And a server of the future: a case with a value and a field that this client cannot know."""
    seen = set()

    class Dropping(Line):
        port = int(world.server.rsplit(":", 1)[1])

        def arrived(self, answer, content):
            key = self.headers.get("Idempotency-Key")
            if key and key not in seen:
                seen.add(key)
                return None
            if self.command == "GET" and re.fullmatch(r"/v1/cases/[0-9a-f-]{36}", self.path) and answer.status == 200:
                return in_the_future(content)
            return content

    return open_line(Dropping)


def limit_the_line(world, limited):
    """A proxy that allows few requests a minute. The one who counts is a second server, with a database of its own and that limit:
    for each request it is asked for something that everybody may have, and its refusal is what the caller gets."""
    limits = int(limited.rsplit(":", 1)[1])

    class Limited(Line):
        port = int(world.server.rsplit(":", 1)[1])

        def before(self):
            caller = hashlib.sha256(self.headers.get("Authorization", "").encode()).digest()
            address = f"10.{caller[0]}.{caller[1]}.{caller[2]}"
            answer, content = self.ask(limits, "GET", "/.well-known/jwks.json", None, {"X-Forwarded-For": address})
            return (answer, content) if answer.status == 429 else None

    return open_line(Limited)


def in_the_future(content):
    case = json.loads(content)
    case["stage"] = "teleported"
    case["risk_level"] = "unheard_of"
    case["shoe_size"] = {"eu": 43}
    return json.dumps(case).encode()


def main(binary, folder, *languages):
    world = World(os.path.abspath(binary), os.path.abspath(folder))
    counting = World(os.path.abspath(binary), os.path.join(os.path.abspath(folder), "limited"))
    try:
        world.start("--create")
        world.admin("load-reference")
        world.admin("create-organisation", "--name", ADMINISTRATION, "--kind", "international_organisation", "--country", "KHM")
        admin = world.signed_in(world.user("admin", "administrator", ADMINISTRATION))
        seeder = world.signed_in(world.user("officer.seed", "embassy_officer", MISSION))
        me = seeder.call("GET", "/v1/me")
        compound = seeder.call("GET", "/v1/compounds?limit=1")["items"][0]["id"]
        register_everybody(seeder, compound)
        counter = counting.start("--create", HOMEWARD_RATE_LIMIT=str(REQUESTS_A_MINUTE), HOMEWARD_TRUSTED_PROXIES="127.0.0.1")
        limited = limit_the_line(world, counter)
        dropping = drop_the_line(world)
        (world.folder / "passport.pdf").write_bytes(SCAN)
        for language in languages:
            client = admin.post(
                "/v1/clients",
                {
                    "organisation_id": me["organisation_id"],
                    "name": f"Shelter register ({language})",
                    "scopes": ["case:read", "case:register", "reference:read"],
                },
            )
            config = {
                **world.user(f"officer.{language}", "embassy_officer", MISSION),
                "language": language,
                "server": world.server,
                "limited_server": limited,
                "dropping_server": dropping,
                "client_id": client["id"],
                "client_secret": admin.post(f"/v1/clients/{client['id']}/secrets", {})["secret"],
                "scan": str(world.folder / "passport.pdf"),
                "compound_id": compound,
                "people": PEOPLE,
                "in_danger": len(range(0, PEOPLE, IN_DANGER_EVERY)),
            }
            path = world.folder / f"{language}.json"
            path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        print("ready", flush=True)
        sys.stdin.read()
    finally:
        world.stop()
        counting.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])

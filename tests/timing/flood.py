#!/usr/bin/env python3
"""Does a flood of sign-ins keep anybody out who is known, or slow the reading of cases down?

Starts the service on a database of its own behind a trusted proxy, signs users in on devices that it then remembers, and measures
sign-ins of these devices and readings of a case, first alone and then beside 500 sign-ins a second from networks (/64) that never
come twice. Prints the 99th percentiles and their ratio; the bar is that nobody who is known is refused, and twice the time. Needs
nothing but the standard library.

    cargo build --release && python3 tests/timing/flood.py target/release/homeward
"""
import http.client
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

PORT = 18292
PASSWORD = "a first password for a test"
USERS = 4
SECONDS = 20
A_SECOND = 500
SENDERS = 300
NETWORKS = itertools.count(1)


def ask(connection, method, path, body=None, token=None, network=None):
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"X-Forwarded-For": network} if network else {}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    return answer.status, json.loads(text) if text and answer.status < 300 else text.decode()


def connect():
    return http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)


def network():
    number = next(NETWORKS)
    return f"2001:db8:{number >> 16:x}:{number & 0xffff:x}::1"


class User:
    def __init__(self, name):
        self.name, self.connection, self.device, self.token = name, connect(), None, None

    def sign_in(self):
        body = {"username": self.name, "password": PASSWORD, "device_token": self.device}
        status, answer = ask(self.connection, "POST", "/v1/auth/login", body, network="2001:db8:0:1::1")
        if status == 200:
            self.token, self.device = answer["access_token"], answer["device_token"]
        return status

    def read(self, case):
        return ask(self.connection, "GET", f"/v1/cases/{case}", token=self.token)[0]

    def begin(self, code):
        body = {"username": self.name, "reset_code": code, "new_password": PASSWORD}
        assert ask(self.connection, "POST", "/v1/auth/password-reset", body)[0] == 204
        assert self.sign_in() == 200
        version = ask(self.connection, "GET", "/v1/code-of-conduct", token=self.token)[1]["version"]
        assert ask(self.connection, "POST", "/v1/code-of-conduct/acceptance", {"version": version}, self.token)[0] < 300


def measure(users, case):
    """Seconds of each sign-in and each reading, and how many were refused."""
    times, refused, until = {"sign-in": [], "reading": []}, [], time.time() + SECONDS

    def work(user):
        while time.time() < until:
            for what, act, repeat in [("sign-in", user.sign_in, 1), ("reading", lambda: user.read(case), 50)]:
                for _ in range(repeat):
                    begun = time.perf_counter()
                    status = act()
                    times[what].append(time.perf_counter() - begun)
                    if status != 200:
                        refused.append((what, status))

    threads = [threading.Thread(target=work, args=[user]) for user in users]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return {what: sorted(seconds)[len(seconds) * 99 // 100] * 1000 for what, seconds in times.items()}, refused


def flood(stop, answers):
    connection, due = connect(), time.time()
    while not stop.is_set():
        status, _ = ask(connection, "POST", "/v1/auth/login", {"username": f"nobody.{due}", "password": "a guess"}, network=network())
        answers[status] = answers.get(status, 0) + 1
        due += SENDERS / A_SECOND
        time.sleep(max(0, due - time.time()))


def main(binary):
    with tempfile.TemporaryDirectory() as folder:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
        environment = {**inherited, "DATABASE_URL": f"sqlite://{folder}/data/homeward.db", "HOMEWARD_LISTEN": f"127.0.0.1:{PORT}", "HOMEWARD_LOG": "off",
                       "HOMEWARD_RATE_LIMIT": "1000000", "HOMEWARD_TRUSTED_PROXIES": "127.0.0.1", "HOMEWARD_SECOND_FACTOR": "none"}
        server = subprocess.Popen([binary, "serve", "--create"], env=environment)
        try:
            time.sleep(5)
            run = lambda *words: subprocess.run([binary, "admin", *words], env=environment, text=True, check=True, capture_output=True).stdout
            run("create-organisation", "--name", "Here", "--kind", "ngo", "--country", "KHM")
            users = [User(f"user.{number}") for number in range(USERS)]
            for user in users:
                said = run("create-user", "--username", user.name, "--role", "ngo_caseworker", "--organisation", "Here")
                user.begin(said.split("within a day: ")[1].split()[0])
            body = {"host_country": "KHM", "intake_channel": "walk_in_ngo", "nationality_claimed": "IDN", "gender": "feminine", "identity": {"given_name": "Test"}}
            status, case = ask(users[0].connection, "POST", "/v1/cases", body, users[0].token)
            assert status == 201, case
            alone, refused_alone = measure(users, case["id"])
            stop, answers = threading.Event(), {}
            senders = [threading.Thread(target=flood, args=[stop, answers]) for _ in range(SENDERS)]
            [sender.start() for sender in senders]
            beside, refused = measure(users, case["id"])
            stop.set()
            [sender.join() for sender in senders]
        finally:
            server.terminate()
            server.wait()
    print(f"flood: {sum(answers.values()) / SECONDS:.0f} sign-ins a second, answered {answers}")
    for what in alone:
        print(f"{what}: p99 alone {alone[what]:.1f} ms, beside the flood {beside[what]:.1f} ms, ratio {beside[what] / alone[what]:.2f}")
    print(f"refused who are known: alone {len(refused_alone)}, beside the flood {len(refused)} {refused[:3]}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "target/release/homeward"))

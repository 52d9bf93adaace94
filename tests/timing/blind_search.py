#!/usr/bin/env python3
"""Does the time of a blind search tell whether somebody is registered?

Starts the service on a database of its own, registers people at one organisation, and has another one ask about a person who is
registered and one who is not, in turn. Prints the rank AUC of the times: 0.5 means that nothing can be told; the bar is 0.45 to
0.55. Needs nothing but the standard library.

    cargo build --release && python3 tests/timing/blind_search.py target/release/homeward
"""
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import time

PAIRS = 1000
PEOPLE = 300
PORT = 18291
PASSWORD = "a first password for a test"
SYLLABLES = "ba da ka la ma na ra sa ta wa bi di ki li mi ni ri si ti bu du ku lu mu nu ru su tu jo ko mo no ro so to".split()


def name(rng):
    word = lambda: "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4))).title()
    return f"{word()} {word()}"


def person(rng):
    return {"name": name(rng), "birth_date": f"{rng.randint(1975, 2004)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}", "nationality": "IDN",
            "gender": rng.choice(["feminine", "masculine"]), "document_number": f"X{rng.randint(10**7, 10**8 - 1)}"}


class Client:
    def __init__(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        self.token = None

    def post(self, path, body):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.connection.request("POST", path, json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else None

    def get(self, path):
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        return json.loads(self.connection.getresponse().read())

    def sign_in(self, username, code):
        self.post("/v1/auth/password-reset", {"username": username, "reset_code": code, "new_password": PASSWORD})
        self.token = self.post("/v1/auth/login", {"username": username, "password": PASSWORD})["access_token"]
        self.post("/v1/code-of-conduct/acceptance", {"version": self.get("/v1/code-of-conduct")["version"]})


def auc(known, unknown):
    """Probability that a search for somebody registered takes longer than one for somebody who is not."""
    ranked = sorted([(seconds, 1) for seconds in known] + [(seconds, 0) for seconds in unknown])
    rank_sum = sum(rank for rank, (_, is_known) in enumerate(ranked, 1) if is_known)
    return (rank_sum - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))


def main(binary):
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
        environment = {**inherited, "DATABASE_URL": f"sqlite://{folder}/data/homeward.db", "HOMEWARD_LISTEN": f"127.0.0.1:{PORT}", "HOMEWARD_LOG": "off",
                       "HOMEWARD_RATE_LIMIT": "1000000", "HOMEWARD_SECOND_FACTOR": "none", "HOMEWARD_BLIND_SEARCHES": "1000000", "HOMEWARD_BLIND_SEARCHES_ORGANISATION": "1000000"}
        server = subprocess.Popen([binary, "serve", "--create"], env=environment)
        try:
            time.sleep(5)
            run = lambda *words: subprocess.run([binary, "admin", *words], env=environment, text=True, check=True, capture_output=True).stdout
            here, elsewhere = Client(), Client()
            for client, organisation, user in [(here, "Here", "here"), (elsewhere, "Elsewhere", "elsewhere")]:
                run("create-organisation", "--name", organisation, "--kind", "ngo", "--country", "KHM")
                said = run("create-user", "--username", user, "--role", "ngo_caseworker", "--organisation", organisation)
                client.sign_in(user, said.split("within a day: ")[1].split()[0])
            people = [person(rng) for _ in range(PEOPLE)]
            for one in people:
                given, family = one["name"].split()
                here.post("/v1/cases", {"host_country": "KHM", "intake_channel": "walk_in_ngo", "nationality_claimed": one["nationality"], "gender": one["gender"],
                                        "identity": {"given_name": given, "family_name": family, "birth_date": one["birth_date"],
                                                     "documents": [{"kind": "passport", "number": one["document_number"], "custody": "lost"}]}})
            # Until everybody was compared, so that nothing runs beside the searches.
            time.sleep(15)
            times = {True: [], False: []}
            for pair in range(PAIRS + 50):
                for is_known in rng.sample([True, False], 2):
                    asked = {"person": rng.choice(people) if is_known else person(rng)}
                    before = time.perf_counter()
                    answer = elsewhere.post("/v1/cases/search/blind", asked)
                    taken = time.perf_counter() - before
                    assert answer["possible_match"] == is_known, (asked, answer)
                    if pair >= 50:
                        times[is_known].append(taken)
        finally:
            server.terminate()
            server.wait()
    middle = lambda seconds: sorted(seconds)[len(seconds) // 2] * 1000
    print(f"blind search, {PAIRS} pairs, {PEOPLE} people: AUC {auc(times[True], times[False]):.3f}, "
          f"median known {middle(times[True]):.2f} ms, unknown {middle(times[False]):.2f} ms")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "target/release/homeward")

#!/usr/bin/env python3
"""Can somebody who watches the clock tell what exists from what does not? See README.md beside this file."""

import argparse
import http.client
import itertools
import json
import random
import statistics
import sys
import time
import urllib.parse

PASSWORD = "a lantern for every door"
WRONG_PASSWORD = "a guess that nobody made"
WRONG_CODE = "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"


class Service:
    """One connection to the service, which believes us about the client's address."""

    def __init__(self, address):
        parts = urllib.parse.urlsplit(address)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=60)
        self.addresses = (f"10.{a}.{b}.{c}" for a, b, c in itertools.product(range(256), range(256), range(1, 255)))
        self.client, self.token = None, None

    def next_client(self):
        """What follows comes from another address, so that nothing is slowed down by what came before."""
        self.client = next(self.addresses)

    def ask(self, method, path, body=None):
        """Seconds until the whole answer was there, its status and its body."""
        headers = {"Content-Type": "application/json"}
        headers |= {"X-Forwarded-For": self.client} if self.client else {}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        while True:
            began = time.perf_counter()
            self.connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = self.connection.getresponse()
            text = answer.read()
            took = time.perf_counter() - began
            if answer.status != 429:
                return took, answer.status, text
            time.sleep(float(answer.headers.get("Retry-After", 1)))

    def get(self, path):
        return json.loads(self.ask("GET", path)[2])

    def post(self, path, body):
        took, status, text = self.ask("POST", path, body)
        if status >= 500:
            sys.exit(f"{path}: {status} {text.decode()}")
        return took, status, json.loads(text) if text else None


def make_accounts(service, admin, reset_code, count):
    """Makes accounts with passwords, as an administrator who just got a one-time code. Gives back their names."""
    service.post("/v1/auth/password-reset", {"username": admin, "reset_code": reset_code, "new_password": PASSWORD})
    service.token = service.post("/v1/auth/login", {"username": admin, "password": PASSWORD})[2]["access_token"]
    organisation, token, names = service.get("/v1/me")["organisation_id"], service.token, []
    for _ in range(count):
        name = f"{random.getrandbits(64):016x}"
        service.token = token
        user = {"organisation_id": organisation, "username": name, "display_name": name, "role": "auditor"}
        code = service.post("/v1/users", user)[2]["reset_code"]
        service.token = None
        service.next_client()
        service.post("/v1/auth/password-reset", {"username": name, "reset_code": code, "new_password": PASSWORD})
        names.append(name)
    return names


def login(service, name):
    """Signs in with a wrong password."""
    return service.post("/v1/auth/login", {"username": name, "password": WRONG_PASSWORD})


def password_reset(service, name):
    """Sets a password with a wrong one-time code."""
    body = {"username": name, "reset_code": WRONG_CODE, "new_password": "a lantern for every door"}
    return service.post("/v1/auth/password-reset", body)


# What is asked: a name for the report, and the function that asks once about a name.
QUESTIONS = [("login", login), ("password reset", password_reset)]


def rank_auc(known, unknown):
    """The chance that a random value of `known` is greater than one of `unknown` (Mann-Whitney), ties counting half."""
    ranked = sorted((value, is_known) for values, is_known in ((known, True), (unknown, False)) for value in values)
    ranks, place = 0.0, 0
    for _, group in itertools.groupby(ranked, key=lambda pair: pair[0]):
        tied = list(group)
        mean = place + (len(tied) + 1) / 2
        ranks += mean * sum(is_known for _, is_known in tied)
        place += len(tied)
    return (ranks - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))


def measure(service, ask, names, pairs):
    """Asks in pairs; gives back the seconds of known and unknown names."""
    times, statuses, known_names = {True: [], False: []}, set(), itertools.cycle(names)
    for number in range(-10, pairs):
        known = next(known_names)
        # As long as the known one, and never asked about again.
        unknown = f"{random.getrandbits(64):016x}"
        order = [(True, known), (False, unknown)]
        random.shuffle(order)
        service.next_client()
        for is_known, name in order:
            took, status, _ = ask(service, name)
            statuses.add(status)
            # The first pairs warm everything up.
            if number >= 0:
                times[is_known].append(took)
    return times[True], times[False], statuses


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8080")
    parser.add_argument("--admin", required=True, help="username of an administrator without a password yet")
    parser.add_argument("--reset-code", required=True, help="the administrator's one-time code")
    parser.add_argument("--accounts", type=int, default=250, help="accounts to make and ask about")
    parser.add_argument("--pairs", type=int, default=1000)
    options = parser.parse_args()
    service, passed = Service(options.address), True
    names = make_accounts(service, options.admin, options.reset_code, options.accounts)
    for title, ask in QUESTIONS:
        known, unknown, statuses = measure(service, ask, names, options.pairs)
        auc = rank_auc(known, unknown)
        difference = statistics.median(known) - statistics.median(unknown)
        passed &= 0.45 <= auc <= 0.55 and len(statuses) == 1
        print(
            f"{title}: {options.pairs} pairs, status {sorted(statuses)}, median known {statistics.median(known) * 1e3:.2f} ms, "
            f"unknown {statistics.median(unknown) * 1e3:.2f} ms, difference {difference * 1e3:+.3f} ms, rank AUC {auc:.3f}"
        )
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()

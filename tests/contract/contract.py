"""Fuzzes the built binary as every role, and says who reached what and who succeeded with what."""

import argparse
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

import world

HERE = Path(__file__).parent
# The same cases every time, unless another seed is asked for.
SEED = 20260119
# Seconds a role has when there is little time: for the boundaries of every field of a share of the operations, for random requests,
# and for chains of requests along the links of the document.
BOUNDARIES, RANDOM, CHAINS = 20, 15, 15
# Roles that are fuzzed at the same time: as many as a small machine has cores.
AT_ONCE = 2
# What random requests and chains are not asked where there is little time: each depends on one value that happened to be drawn, and a change
# that is good must not be refused for it. Examples and boundaries are asked all the same; `--deep` asks everything everywhere.
BY_CHANCE = "positive_data_acceptance,negative_data_rejection"


def operations(document):
    """Every operation of the document with the roles that may call it. Whoever signs in or asks what everybody may know is nobody yet."""
    found = {}
    for item in document["paths"].values():
        for operation in item.values():
            # The served document says once which roles have a permission.
            permission = operation.get("x-permission")
            roles = set(operation.get("x-roles") or document["x-roles"][permission]) if permission else {"anonymous"}
            if any("oauth2" in way for way in operation.get("security", [])):
                roles.add("machine")
            found[operation["operationId"]] = roles & set(world.ACCOUNTS)
    return found


def in_full(document, answer):
    """An answer, where it stands among those that several operations give too."""
    place = answer.get("$ref")
    return document["components"]["responses"][place.rsplit("/", 1)[1]] if place else answer


def leads_on(document, names):
    """Whether an answer of one of these operations has a link to one of them: else there is no chain to follow."""
    for item in document["paths"].values():
        for operation in item.values():
            if operation["operationId"] in names:
                answers = [in_full(document, answer) for answer in operation["responses"].values()]
                links = [link for answer in answers for link in answer.get("links", {}).values()]
                if any(link.get("operationId") in names for link in links):
                    return True
    return False


def shares(table, seed):
    """Every operation with one role that may call it, so that each is looked at closely once."""
    mine = {role: [] for role in world.ACCOUNTS}
    for name, roles in sorted(table.items()):
        if roles:
            mine[min(sorted(roles), key=lambda role: len(mine[role]))].append(name)
    for names in mine.values():
        random.Random(seed).shuffle(names)
    return mine


class Fuzzing:
    """One role over a fresh copy of the world."""

    def __init__(self, role, arguments, data, folder):
        self.role, self.arguments, self.data, self.folder = role, arguments, data, folder / role
        self.folder.mkdir(exist_ok=True)
        (self.folder / "seen.txt").unlink(missing_ok=True)

    def run(self):
        started = time.monotonic()
        with world.serve(self.arguments.binary, self.data, self.folder) as server:
            document = requests.get(f"{server.url}/openapi.json", timeout=60).json()
            table = operations(document)
            allowed = sorted(name for name, roles in table.items() if self.role in roles)
            share = shares(table, self.arguments.seed)[self.role]
            deep = self.arguments.deep
            chance = ["--max-examples", "100"] if deep else ["--max-examples", "10", "--exclude-checks", BY_CHANCE]
            passes = [
                ("examples", ["--phases", "examples"], allowed, None),
                ("boundaries", ["--phases", "coverage"], allowed if deep else share, None if deep else BOUNDARIES),
                ("random", ["--phases", "fuzzing", *chance], allowed, None if deep else RANDOM),
            ]
            if leads_on(document, allowed):
                passes.append(("chains", ["--phases", "stateful", *chance], allowed, None if deep else CHAINS))
            if deep:
                refused = sorted(set(table) - set(allowed))
                passes.append(("refused", ["--phases", "fuzzing", "--max-examples", "3"], refused, None))
            found = [name for name, options, names, seconds in passes if not self.schemathesis(server, name, options, names, seconds)]
        print(f"{self.role}: {', '.join(found) + ' FAILED' if found else 'nothing found'} in {time.monotonic() - started:.0f} s", flush=True)
        return found

    def schemathesis(self, server, name, options, names, seconds):
        names = [operation for operation in names if not self.arguments.operation or operation in self.arguments.operation]
        if not names:
            return True
        environment = {
            **os.environ, "CONTRACT_ROLE": self.role, "CONTRACT_URL": server.url, "PYTHONPATH": str(HERE), "no_proxy": "127.0.0.1",
            "CONTRACT_CREDENTIALS": str(self.data / "credentials.json"), "CONTRACT_SEEN": str(self.folder / "seen.txt"),
        }
        command = [Path(sys.executable).parent / "schemathesis", "--config-file", HERE / "schemathesis.toml", "run",
                   f"{server.url}/openapi.json", "--no-color", "--seed", str(self.arguments.seed), "--warnings", "off", *options]
        command += ["--max-time", str(seconds)] if seconds else []
        for operation in names:
            command += ["--include-operation-id", operation]
        with open(self.folder / f"{name}.log", "wb") as log:
            return subprocess.run(command, cwd=self.folder, env=environment, stdout=log, stderr=log).returncode == 0


def seen_in(files):
    """(role, operation) with the statuses that came back."""
    seen = {}
    for file in files:
        for line in file.read_text().splitlines() if file.exists() else []:
            role, operation, status, *_ = line.split()
            seen.setdefault((role, operation), set()).add(status)
    return seen


def excused():
    """(role, operation) that cannot succeed. The suite holds the list, with the reasons, and keeps it short."""
    lines = (HERE / "../api/walkers/every_role.txt").read_text().splitlines()
    return {tuple(line.split(":", 1)[0].split()) for line in lines}


def report(table, seen, roles):
    """The table of who reached what; whether nothing is missing."""
    print(f"\n{'role':<18}{'may call':>9}{'reached':>9}{'2xx':>6}{'refused':>9}")
    missing, unreached = set(), []
    for role in roles:
        allowed = {name for name, able in table.items() if role in able}
        reached = {name for name in table if (role, name) in seen}
        succeeded = {name for name in allowed if any(status.startswith("2") for status in seen.get((role, name), ()))}
        refused = {name for name in table if seen.get((role, name), set()) & {"401", "403"}}
        missing |= {(role, name) for name in allowed - succeeded} - excused()
        mine = {name for name, able in table.items() if able != {"anonymous"} or role == "anonymous"}
        unreached += [f"{role} {name}" for name in sorted(mine - reached)]
        print(f"{role:<18}{len(allowed):>9}{len(reached):>9}{len(succeeded):>6}{len(refused):>9}")
    for role, name in sorted(missing):
        print(f"{role} may call {name} and never succeeded: tests/api/walkers/every_role.rs lets every role succeed")
    for entry in unreached:
        print(f"{entry}: was not reached")
    return not unreached and not missing


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--suite", type=Path, required=True, help="who was answered what in the suite (HOMEWARD_SEEN)")
    parser.add_argument("--deep", action="store_true", help="without a limit of time, and what is refused too")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--role", action="append", choices=list(world.ACCOUNTS), help="this role alone, without the table")
    parser.add_argument("--operation", action="append", default=[], help="this operation alone, without the table")
    parser.add_argument("--keep", type=Path, help="a folder for logs, that stays; its world is used again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        data = folder / "world"
        if not (data / "credentials.json").exists():
            started = time.monotonic()
            world.make(arguments.binary, folder)
            print(f"the world was made in {time.monotonic() - started:.0f} s", flush=True)
        fuzzings = [Fuzzing(role, arguments, data, folder) for role in arguments.role or world.ACCOUNTS]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            found = dict(zip(fuzzings, pool.map(Fuzzing.run, fuzzings)))
        for fuzzing, passes in found.items():
            for name in passes:
                print(f"\n=== {fuzzing.role}, {name}\n{(fuzzing.folder / f'{name}.log').read_text()}")
        good = not any(found.values())
        if not arguments.role and not arguments.operation:
            document = json.loads((HERE / "../../openapi/openapi.json").read_text())
            seen = seen_in([arguments.suite, *(fuzzing.folder / "seen.txt" for fuzzing in fuzzings)])
            good &= report(operations(document), seen, world.ACCOUNTS)
        return good


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

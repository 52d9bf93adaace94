"""Fuzzes the built binary as every role, and says who reached what."""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import world

HERE = Path(__file__).parent
# Seconds a role, when there is little time. A role that may call little needs little.
BUDGET = {"anonymous": 20, "analyst": 25}
DEFAULT_BUDGET = 45


def fuzz(role, server, data, folder, seconds, examples, only):
    """One role over a fresh copy of the world. Gives back whether nothing was found."""
    environment = {
        **os.environ, "CONTRACT_ROLE": role, "CONTRACT_URL": server.url, "CONTRACT_CREDENTIALS": str(data / "credentials.json"),
        "CONTRACT_SEEN": str(folder / "seen.txt"), "PYTHONPATH": str(HERE), "PYTHONWARNINGS": "ignore",
    }
    command = [
        Path(sys.executable).parent / "schemathesis", "--config-file", HERE / "schemathesis.toml", "run", f"{server.url}/openapi.json",
        "--max-examples", str(examples), "--no-color", "--report", "ndjson", "--report-ndjson-path", folder / f"{role}.ndjson",
    ]
    if seconds:
        command += ["--max-time", str(seconds)]
    for operation in only:
        command += ["--include-operation-id", operation]
    with open(folder / f"{role}.log", "wb") as log:
        return subprocess.run(command, cwd=HERE, env=environment, stdout=log, stderr=log).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--suite", type=Path, help="who was answered what in the suite (HOMEWARD_SEEN)")
    parser.add_argument("--deep", action="store_true", help="without a limit of time")
    parser.add_argument("--role", action="append", choices=list(world.ACCOUNTS))
    parser.add_argument("--operation", action="append", default=[])
    parser.add_argument("--keep", type=Path, help="a folder for the logs, that stays; its world is used again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "seen.txt").unlink(missing_ok=True)
        data = folder / "world"
        if not (data / "credentials.json").exists():
            started = time.monotonic()
            world.make(arguments.binary, folder)
            print(f"the world was made in {time.monotonic() - started:.0f} s", flush=True)
        good = True
        for role in arguments.role or world.ACCOUNTS:
            started = time.monotonic()
            seconds = None if arguments.deep else BUDGET.get(role, DEFAULT_BUDGET)
            with world.serve(arguments.binary, data, folder) as server:
                passed = fuzz(role, server, data, folder, seconds, 50 if arguments.deep else 5, arguments.operation)
            print(f"{role}: {'nothing found' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
            if not passed:
                print((folder / f"{role}.log").read_text())
            good &= passed
        return good


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

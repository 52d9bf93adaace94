"""Reads everything that a role can reach through Prism, which answers 500 where an answer is not what the document says."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import requests

import world

ROLES = ["embassy_officer", "ngo_caseworker", "coordinator", "analyst", "administrator"]
# Items of each list that are followed.
FOLLOWED = 3


def crawl(proxy, document, token):
    """The violations, and how many answers there were. A list leads to what it names."""
    session, ids, found, asked = requests.Session(), {}, [], 0
    session.headers["Authorization"] = f"Bearer {token}"
    for template in sorted((path for path, item in document["paths"].items() if "get" in item), key=lambda path: (path.count("{"), path)):
        # The last id in a path comes from the list before it.
        of, _, rest = template.rpartition("/{")
        for path in [known + rest.partition("}")[2] for known in ids.get(of, [])] if of else [template]:
            query = {"by": "stage"} if path.startswith(("/v1/statistics/cases", "/v1/statistics/releases/")) else {}
            answer = session.get(proxy + path, params=query, timeout=60)
            asked += 1
            etag = answer.headers.get("ETag") if answer.status_code == 200 else None
            again = session.get(proxy + path, params=query, headers={"If-None-Match": f"W/{etag}"}, timeout=60) if etag else None
            for got in [one for one in [answer, again] if one is not None]:
                # An answer without a body has no room for the error.
                wrong = got.headers.get("sl-violations") or (got.text if got.status_code == 500 else "")
                found += [f"GET {template} {got.status_code}: {wrong[:600]}"] if wrong else []
            if again is not None and again.status_code != 304 and not found:
                found.append(f"GET {template}: {again.status_code} to If-None-Match with its ETag")
            if answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("application/json"):
                items = answer.json().get("items", []) if isinstance(answer.json(), dict) else []
                named = [item["id"] for item in items if isinstance(item, dict) and "id" in item][:FOLLOWED]
                ids.setdefault(template, []).extend(f"{path}/{name}" for name in named)
    return found, asked


def main(binary, made):
    shutil.rmtree(made / "world", ignore_errors=True)
    data = world.make(binary, made)
    passwords = json.loads((data / "credentials.json").read_text())["passwords"]
    found = []
    with world.serve(binary, data, made) as server:
        document = requests.get(f"{server.url}/openapi.json", timeout=60).json()
        (made / "openapi.json").write_text(json.dumps(document))
        port = world.free_port()
        prism = [made / "node_modules/.bin/prism", "proxy", made / "openapi.json", server.url, "--errors", "--port", str(port)]
        with open(made / "prism.log", "wb") as log:
            proxy = subprocess.Popen(prism, stdout=log, stderr=log)
        try:
            while "is listening" not in (made / "prism.log").read_text():
                if proxy.poll() is not None:
                    raise SystemExit((made / "prism.log").read_text()[-3000:])
                time.sleep(0.2)
            for role in ROLES:
                account = world.ACCOUNTS[role]
                token = world.Person(server.url, account, passwords[account]).session.headers["Authorization"].removeprefix("Bearer ")
                violations, asked = crawl(f"http://127.0.0.1:{port}", document, token)
                print(f"{role}: {asked} answers, {len(violations)} violations", flush=True)
                if asked < 40:
                    raise SystemExit(f"{role} reached next to nothing: the crawl is broken")
                found += [f"{role}: {violation}" for violation in violations]
        finally:
            proxy.terminate()
            proxy.wait(30)
    if found:
        raise SystemExit("\n".join(found[:20]))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

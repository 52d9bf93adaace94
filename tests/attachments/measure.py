"""Sixteen files of 20 MB at once, up and down, over real sockets: how much memory the service takes, and what a lost connection leaves.

Usage: measure.py BINARY. Starts `homeward demo` in a temporary folder. Python's standard library only.
"""

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

AT_ONCE = 16
BYTES = 20_000_000
LIMIT_MIB = 64


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def rss_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines["VmRSS"].split()[0]) / 1024


class Service:
    def __init__(self, port):
        self.port = port
        self.token = None

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, content

    def expect(self, status, *request):
        found, headers, content = self.call(*request)
        if found != status:
            raise SystemExit(f"{request[:2]}: {found} {content[:300]!r}")
        return headers, content


def photo():
    """A JPEG with a place in it, and what is kept of it."""

    def segment(marker, content):
        return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content

    head = segment(0xC0, bytes([8, 0, 100, 0, 200, 1, 1, 0x11, 0])) + segment(0xDA, bytes([1, 1, 0, 0, 63, 0]))
    picture = os.urandom(BYTES).replace(b"\xff", b"\xfe")
    kept = b"\xff\xd8" + head + picture + b"\xff\xd9"
    return b"\xff\xd8" + segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0GPS") + kept[2:], kept


def waiting(folder):
    incoming = os.path.join(folder, "attachments", "incoming")
    return len(os.listdir(incoming)) if os.path.isdir(incoming) else 0


def together(work, items):
    failures = []

    def run(item):
        try:
            work(item)
        except BaseException as failure:
            failures.append(repr(failure))

    threads = [threading.Thread(target=run, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(failures[0])


def lose_a_connection(service, file, etag, content, folder):
    lost = socket.create_connection(("127.0.0.1", service.port))
    head = f"PUT {file}/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.token}\r\nIf-Match: {etag}\r\n"
    head += f"Content-Type: application/octet-stream\r\nContent-Length: {len(content)}\r\n\r\n"
    lost.sendall(head.encode() + content[: len(content) // 2])
    deadline = time.time() + 10
    while waiting(folder) == 0 and time.time() < deadline:
        time.sleep(0.05)
    came = waiting(folder)
    lost.close()
    deadline = time.time() + 20
    while waiting(folder) and time.time() < deadline:
        time.sleep(0.1)
    if came != 1 or waiting(folder):
        raise SystemExit(f"a lost connection: {came} came in, {waiting(folder)} stayed")


def main(binary):
    with tempfile.TemporaryDirectory() as place:
        folder, port = os.path.join(place, "demo"), free_port()
        command = [binary, "demo", "--without-wave", "--data", folder, "--listen", f"127.0.0.1:{port}"]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            measure(Service(port), server, folder)
        finally:
            server.terminate()
            server.wait()


def measure(service, server, folder):
    for _ in range(3000):
        try:
            if service.call("GET", "/readyz")[0] == 200:
                break
        except OSError:
            time.sleep(0.2)
    with open(os.path.join(folder, "demo-accounts.json")) as file:
        accounts = json.load(file)
    account = next(account for account in accounts if account["role"] == "ngo_caseworker")
    login = {"username": account["username"], "password": account["password"]}
    service.token = json.loads(service.expect(200, "POST", "/v1/auth/login", login)[1])["access_token"]
    body = {"host_country": "KHM", "intake_channel": "walk_in_ngo", "nationality_claimed": "IDN", "identity": {"given_name": "Rina"}}
    case = json.loads(service.expect(201, "POST", "/v1/cases", body)[1])["id"]
    sent, kept = photo()
    files = []
    for number in range(AT_ONCE + 1):
        announced = {"kind": "passport_scan", "media_type": "image/jpeg", "file_name": f"{number}.jpg"}
        headers, _ = service.expect(201, "POST", f"/v1/cases/{case}/attachments", announced)
        files.append((headers["Location"], headers["ETag"]))
    spare = files.pop()
    lose_a_connection(service, *spare, sent, folder)

    before, highest, done = rss_mib(server.pid), [0.0], threading.Event()

    def watch():
        while not done.is_set():
            highest[0] = max(highest[0], rss_mib(server.pid))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    octets = {"Content-Type": "application/octet-stream"}
    begun = time.time()
    together(lambda file: service.expect(200, "PUT", file[0] + "/content", sent, {**octets, "If-Match": file[1]}), files)
    up, begun, after_up = time.time() - begun, time.time(), highest[0]
    digest = hashlib.sha256(kept).digest()

    def fetch(file):
        _, content = service.expect(200, "GET", file[0] + "/content")
        if hashlib.sha256(content).digest() != digest:
            raise SystemExit("a download is not what is kept of the upload")

    together(fetch, files)
    down = time.time() - begun
    done.set()
    watcher.join()
    megabytes = AT_ONCE * BYTES / 1e6
    print(f"{AT_ONCE} × {BYTES / 1e6:.0f} MB at once: up {up:.1f} s ({megabytes / up:.0f} MB/s), down {down:.1f} s ({megabytes / down:.0f} MB/s)")
    print(f"RSS {before:.0f} MiB before, {after_up:.0f} MiB at most while they came, {highest[0]:.0f} MiB at most in all")
    if highest[0] - before > LIMIT_MIB:
        raise SystemExit(f"the service grew by more than {LIMIT_MIB} MiB")


if __name__ == "__main__":
    main(sys.argv[1])

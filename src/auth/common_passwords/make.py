#!/usr/bin/env python3
"""Makes `common_passwords.bin` from a list of common passwords, one a line, most common first.

    python3 make.py LIST > common_passwords.bin

Kept are the first 150,000 and every longer one of at least twelve characters. Each is lower-cased (NFKC), hashed with SHA-256
and cut to five bytes; the file is these in order. Reading it needs no parser, and nobody finds a password in it.
"""

import hashlib
import sys
import unicodedata

MOST_COMMON, LONG, BYTES = 150_000, 12, 5


def main(path):
    with open(path, encoding="utf-8", errors="ignore") as lines:
        passwords = [line.rstrip("\r\n") for line in lines]
    kept = passwords[:MOST_COMMON] + [password for password in passwords[MOST_COMMON:] if len(password) >= LONG]
    normal = {unicodedata.normalize("NFKC", password).lower() for password in kept if password}
    hashes = sorted({hashlib.sha256(password.encode()).digest()[:BYTES] for password in normal})
    sys.stdout.buffer.write(b"".join(hashes))


if __name__ == "__main__":
    main(*sys.argv[1:])

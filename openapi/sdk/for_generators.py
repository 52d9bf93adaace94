#!/usr/bin/env python3
"""Prints an API document as generators need it, which is not in every point what the service says.

- An answer without a body (304, and 204 after `Prefer: return=minimal`) beside one with a body makes them answer "a record or nothing", or throw.
  Whoever wants to save the body sends the header through the client's options. So the two headers are no arguments either.
- A table, page or chart is text; the generated clients for Java, Python and Rust read as text only JSON and `text/plain`, and take the rest as a file.
- A file has no length in characters: the one for Go does not compile with it.
- What a key may hold besides (RFC 7517) is for whoever has such a key already; a class with open ends is no help to who makes one.
"""

import json
import sys

SHORTER = {"If-None-Match", "Prefer"}
TEXT_AS_FILE = {"text/csv", "text/html", "image/svg+xml"}


def put(operation):
    parameters = operation.get("parameters", [])
    is_preferred = any(parameter.get("name") == "Prefer" for parameter in parameters)
    operation["parameters"] = [parameter for parameter in parameters if parameter.get("name") not in SHORTER]
    if not operation["parameters"]:
        del operation["parameters"]
    responses = operation["responses"]
    responses.pop("304", None)
    if is_preferred:
        del responses["204"]
    for body in [*responses.values(), operation.get("requestBody", {})]:
        for media_type, content in body.get("content", {}).items():
            if media_type in TEXT_AS_FILE:
                content["schema"]["format"] = "binary"
            if content.get("schema", {}).get("format") == "binary":
                content["schema"].pop("maxLength", None)


with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
for item in document["paths"].values():
    for operation in item.values():
        put(operation)
for schema in document["components"]["schemas"].values():
    if schema.get("additionalProperties") is True:
        del schema["additionalProperties"]
json.dump(document, sys.stdout, ensure_ascii=False, indent=2)

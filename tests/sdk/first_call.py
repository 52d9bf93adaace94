#!/usr/bin/env python3
"""Prints the first call in a language as README.md shows it: `tests/sdk/first_call.py python`. What is shown is what is run."""

import pathlib
import re
import sys

readme = pathlib.Path(__file__).resolve().parents[2].joinpath("README.md").read_text(encoding="utf-8")
section = readme.split("\n## First call in each language\n", 1)[1].split("\n## ", 1)[0]
found = re.search(rf"^```{sys.argv[1]}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
if not found:
    sys.exit(f"README.md shows no first call in {sys.argv[1]}")
print(found.group(1), end="")

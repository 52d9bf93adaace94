#!/usr/bin/env python3
"""What the READMEs show is what is run: `tests/sdk/run` runs the first call of docs/api.md and the retries of the story.

    openapi/sdk/shown.py first_call LANGUAGE        prints the first call as docs/api.md shows it
    openapi/sdk/shown.py readme LANGUAGE VERSION    prints the README of a package, with the code that its test runs
"""

import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
STORIES = {
    "typescript": "typescript/story.ts",
    "python": "python/story.py",
    "java": "java/Story.java",
    "rust": "rust/src/main.rs",
    "php": "php/story.php",
    "go": "go/story.go",
}


def first_call(language):
    page = ROOT.joinpath("docs/api.md").read_text(encoding="utf-8")
    section = page.split("\n## First call in each language\n", 1)[1].split("\n## ", 1)[0]
    found = re.search(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    if not found:
        sys.exit(f"docs/api.md shows no first call in {language}")
    return found.group(1)


def region(language, name):
    """The lines of the story between `region NAME` and `endregion`."""
    story = ROOT.joinpath("tests/sdk", STORIES[language]).read_text(encoding="utf-8")
    found = re.search(rf"^[^\n]*region: {name}\n(.*?)^[^\n]*endregion", story, re.MULTILINE | re.DOTALL)
    if not found:
        sys.exit(f"the story in {language} has no region {name}")
    return textwrap.dedent(found.group(1)).strip("\n") + "\n"


def readme(language, version):
    own = ROOT / "openapi/sdk" / language / "package/README.md"
    common = ROOT / "openapi/sdk/package.md"
    text = own.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + common.read_text(encoding="utf-8")
    text = text.replace("@VERSION@", version)
    for name in ["sign in", "retries", "patch", "problem"]:
        if f"@{name}@" in text:
            text = text.replace(f"@{name}@", f"```{language}\n{region(language, name)}```")
    return text.replace("@first call@", f"```{language}\n{first_call(language)}```") if "@first call@" in text else text


if __name__ == "__main__":
    print({"first_call": first_call, "readme": readme}[sys.argv[1]](*sys.argv[2:]), end="")

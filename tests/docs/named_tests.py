#!/usr/bin/env python3
"""Pages that name the tests which hold what they say: each name is one, so that no page outlives its proof.

    named_tests.py SOURCES PAGE…

A name is a suite or case of GoogleTest, a program of tests, a fuzz target or a test of CTest, between backquotes;
an ellipsis in it stands for the rest.
"""
import pathlib
import re
import sys

CASE = re.compile(r"^\s*TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)
NAMED = re.compile(r"`([^`\s]+)`")
# What a name of a test looks like; all else between backquotes is something else.
SHAPE = re.compile(
    r"[A-Z][a-z]\w*(?:\.\w+)?|[A-Z…][\w.]*…[\w…]*|\w+_test|(?:faults|interop|languages|docs|sbom)\.[\w.…]+|fuzz_\w+")


def known_tests(sources):
    names = set()
    for path in [*sources.glob("tests/**/*.cpp"), *sources.glob("plugins/**/*_test.cpp")]:
        for suite, case in CASE.findall(path.read_text(encoding="utf-8")):
            names |= {suite, f"{suite}.{case}"}
    for path in sources.glob("tests/**/CMakeLists.txt"):
        text = path.read_text(encoding="utf-8")
        names |= set(re.findall(r"gateway_test\(\s*(\w+)", text))
        names |= set(re.findall(r"add_test\(\s*NAME\s+([\w.]+)", text))
        names |= set(re.findall(r"\b(fuzz_\w+)", text))
        for listed, prefix in re.findall(r"foreach\(\w+ ([^)]*)\)\s*add_test\(NAME (\w+)\.\$", text):
            names |= {f"{prefix}.{one}" for one in listed.split()}
        for prefix in re.findall(r"TEST_PREFIX ([\w.]+)\.", text):
            names.add(prefix)
            for source in path.parent.glob("*.cpp"):
                cases = CASE.findall(source.read_text(encoding="utf-8"))
                names |= {f"{prefix}.{suite}.{case}" for suite, case in cases}
    return names


def looks_like_a_test(word):
    return SHAPE.fullmatch(word) is not None


def is_known(word, names):
    if "…" not in word:
        return word in names
    pattern = re.compile(".*".join(re.escape(part) for part in word.split("…")))
    return any(pattern.fullmatch(name) for name in names)


def main(sources, pages):
    names = known_tests(pathlib.Path(sources))
    unknown, found = [], 0
    for page in pages:
        for number, line in enumerate(pathlib.Path(page).read_text(encoding="utf-8").splitlines(), 1):
            for word in filter(looks_like_a_test, NAMED.findall(line)):
                found += 1
                if not is_known(word, names):
                    unknown.append(f"{page}:{number}: no test is called {word}")
    print("\n".join(unknown) or f"{found} names of tests, all of them there")
    return 1 if unknown or found == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

"""The cases of tests/http/corpus as seeds for fuzz_http: a first byte that says how they are cut, then their bytes.

    make_seeds.py CORPUS SEEDS
"""
import pathlib
import re
import sys

ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}
TOKEN = re.compile(r"\{(\d+)\*(.)\}|\\x([0-9a-fA-F]{2})|\\(.)|([^\\{]+)", re.S)


def written(line):
    out = b""
    for count, filler, code, escape, plain in TOKEN.findall(line):
        if count:
            out += filler.encode() * int(count)
        elif code:
            out += bytes.fromhex(code)
        elif escape:
            out += ESCAPES[escape]
        else:
            out += plain.encode()
    return out


corpus, seeds = map(pathlib.Path, sys.argv[1:3])
seeds.mkdir(parents=True, exist_ok=True)
cases = {}
for file in sorted(corpus.glob("*.txt")):
    for line in file.read_text().split("\n"):
        if line.startswith("=== "):
            name = line[4:].split(" | ")[0]
            cases[name] = b""
        elif line and not line.startswith("#"):
            cases[name] += written(line)
for name, content in cases.items():
    (seeds / name).write_bytes(b"\x07" + content)

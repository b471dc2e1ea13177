#!/usr/bin/env python3
"""Every command of docs/operating.md, run as it stands there; each must print what the page says.

    operating_page.py SOURCES BUILD           compares; exit 1 when something differs
    operating_page.py SOURCES BUILD --show    prints the commands with what they print today

The page's `build/demo` is what scripts/demo makes, or, in the sections about a partner that is away or refuses, a feed to
one hospital (page_worlds.py). In what the page shows … stands for anything; ids, times, durations, sizes and ports may be
others, but an id that comes again must be the same one.
"""
import re
import subprocess
import sys
import tempfile

from page_worlds import Demo, Lane, Nowhere

DEMO, LANE, NOWHERE = Demo, Lane, Nowhere
# In the order in which they are run: what one does the next one sees.
SECTIONS = [
    (NOWHERE, "Certificates for trying out"),
    (NOWHERE, "A partner to try with"),
    (NOWHERE, "Looking into a file"),
    (NOWHERE, "Trying a map"),
    (NOWHERE, "What is loaded"),
    (DEMO, "Before starting"),
    (DEMO, "Running"),
    (DEMO, "Sending by hand"),
    (DEMO, "The plans of the networks"),
    (DEMO, "\"Where is Mrs X's plan?\""),
    (DEMO, "Which messages"),
    (DEMO, "One message"),
    (DEMO, "Mending a held plan"),
    (DEMO, "A pause"),
    (DEMO, "Can they be reached"),
    (DEMO, "Who did what"),
    (LANE, "How it goes"),
    (LANE, "Figures and health"),
    (LANE, "Alerts"),
    (LANE, "Mending a lane that is stuck"),
    (LANE, "Many at once, by cause"),
    (LANE, "Editing a copy"),
    (LANE, "Other keys for the store"),
    (LANE, "Backup, check, restore"),
]
# Held by tests of their own: two machines, or a partner that answers on another connection.
ELSEWHERE = ["From elsewhere", "Answers on another connection"]

ID = r"[0-9A-Z]{5}-[0-9A-Z]+|(?<![0-9A-Z])(?:XA1JZ|BG8MP)[0-9A-Z]+"
TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+0000)?"
VARIES = [
    TIME,
    rf"\d+(?= {TIME})|\d+(?= records)|(?<=the last is )\d+",  # numbers of records
    r"\d{4}-\d\d-\d\d",
    r"\b\d{14}\b",
    r"\b(?:[0-9a-f]{64}|[0-9a-f]{16})\b",
    r"\b\d+(?:\.\d+)? (?:s|ms|min|h|d|j|days|jours)\b",
    r"\b\d+ (?:bytes|octets|MiB|Mio)",
    r"\b\d+ (?:attempt|envoi)\(s\)",
    r"(?<=127\.0\.0\.1:)\d+|(?<=localhost:)\d+|(?<=\bport )\d+",
    r"\"milliseconds\":\d+",
]


# Whether a review of the demo is late depends on the day.
LATE = re.compile(r" \(\d+ d late\)")


def sections(page):
    """Heading and text of each part between headings."""
    parts = re.split(r"^#+ (.*)$", re.sub(r"^```.*?^```$", lambda m: m[0].replace("\n#", "\n\0#"), page, flags=re.M | re.S),
                     flags=re.M)
    return [(head, text.replace("\0", "")) for head, text in zip(parts[1::2], parts[2::2])]


def commands(text):
    """Each `$ command`, its lines put together, with what stands below it."""
    found = []
    for block in re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S):
        begun = going_on = False
        for line in block.splitlines():
            if line.startswith("$ "):
                begun = True
                found.append([line[2:], []])
            elif going_on:
                found[-1][0] = found[-1][0][:-1] + line.strip()
            elif begun:
                found[-1][1].append(line)
            going_on = begun and not found[-1][1] and line.endswith("\\")
    return [(command, "\n".join(lines)) for command, lines in found]


def squeezed(text):
    return re.sub(r" +", " ", text).strip()


class Ids:
    """Which id of the page is which here."""

    def __init__(self):
        self.known, self.prefix = {}, None

    def guess(self, said):
        """Where the page cannot say which is which: all ids of a store begin alike."""
        if found := re.search(r"\b([0-9A-Z]{5})-[0-9A-Z]+\b", said):
            self.prefix = self.prefix or found[1]

    def in_command(self, command):
        return re.sub(ID, lambda m: self.known.get(m[0], (self.prefix or m[0][:5]) + m[0][5:]), command)

    def pattern(self, text):
        """@return the pattern, and the page's ids that it finds."""
        text = LATE.sub("", text)
        token = re.compile("|".join([f"(?P<id>{ID})", r"(?P<any>\s*…\s*)"] + [f"(?P<v{i}>{one})" for i, one in enumerate(VARIES)]))
        out, at, new = "", 0, []
        for match in token.finditer(text):
            out += re.escape(text[at:match.start()])
            at = match.end()
            if match["any"]:
                out += r"[\s\S]*?"
            elif match["id"] and match["id"] in self.known:
                out += re.escape(self.known[match["id"]])
            elif match["id"] and match["id"] in new:
                out += f"(?P=id{new.index(match['id'])})"
            elif match["id"]:
                out += f"(?P<id{len(new)}>[0-9A-Z]{{5}}-?[0-9A-Z]+)"
                new.append(match["id"])
            else:
                out += next(f"(?:{one})" for i, one in enumerate(VARIES) if match[f"v{i}"])
        return out + re.escape(text[at:]), new

    def differ(self, expected, said):
        """@return what is wrong, or nothing"""
        pattern, new = self.pattern(squeezed(expected))
        match = re.fullmatch(pattern, LATE.sub("", squeezed(said)))
        if not match:
            return f"  the page says:\n{expected}\n  it says:\n{said}"
        for i, one in enumerate(new):
            self.known[one] = match[f"id{i}"]
        return None


def run(world, command, ids):
    line = world.translated(ids.in_command(command))
    done = subprocess.run(["/bin/bash", "-c", line], cwd=world.folder, env=world.environment, text=True, timeout=120,
                          input=world.typed(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return world.as_on_the_page(done.stdout)


def run_page(page, place, show):
    """@return what is wrong, and how many commands were run"""
    wrong, count = [], 0
    for kind in (NOWHERE, DEMO, LANE):
        ids = Ids()
        with kind(*place) as world:
            for name in [name for which, name in SECTIONS if which is kind]:
                found = [text for heading, text in page if heading.startswith(name)]
                if len(found) != 1 or not commands(found[0]):
                    wrong.append(f"## {name}: no such section, or no command in it")
                before = set()
                for command, expected in commands("\n".join(found)):
                    world.before(name, command, command in before)
                    before.add(command)
                    said = run(world, command, ids)
                    count += 1
                    fault = ids.differ(expected, said)
                    if show:
                        ids.guess(said)
                        print(f"## {name}\n$ {command}\n{said}", flush=True)
                    elif fault:
                        wrong.append(f"## {name}\n$ {command}\n{fault}")
                        print(wrong[-1], flush=True)  # what follows may end it all
    return wrong, count


def main(sources, build, show):
    with open(f"{sources}/docs/operating.md", encoding="utf-8") as file:
        page = sections(file.read())
    known = [name for _, name in SECTIONS] + ELSEWHERE
    orphans = [heading for heading, text in page
               if commands(text) and not any(heading.startswith(name) for name in known)]
    for heading in orphans:
        print(f"## {heading}: nobody runs its commands")
    with tempfile.TemporaryDirectory(prefix="operating_page_") as folder:
        wrong, count = run_page(page, (sources, build, folder), show)
    print(f"{count} commands, {len(wrong)} print something else than the page says")
    return 1 if wrong or orphans or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], "--show" in sys.argv[3:]))

#!/usr/bin/env python3
"""Each event that the program writes into its log stands on docs/operating.md, with what to do about it.

    log_events.py SOURCES

Those that end in "failed" are faults of ours: one row stands for all.
"""
import pathlib
import re
import sys

WRITTEN = re.compile(r'\blog\w*(?:\(\))?(?:\.|->)(?:info|warning|error)\(\s*([^;{}]*?"[^"]+"[^;{}]*?)\s*[,)]')


def written(sources):
    """Event → where it is first written. Of `log.info(pause ? "paused" : "resumed", …)` both."""
    found = {}
    for path in sorted([*sources.glob("gateway/**/*.cpp"), *sources.glob("plugins/**/*.cpp")]):
        text = path.read_text(encoding="utf-8")
        for match in WRITTEN.finditer(text):
            for event in re.findall(r'"([^"]+)"', match[1]):
                line = text.count("\n", 0, match.start()) + 1
                found.setdefault(event, f"{path.relative_to(sources)}:{line}")
    return found


def main(sources):
    page = (sources / "docs" / "operating.md").read_text(encoding="utf-8")
    table = page[page.index("\n## The log\n"):]
    told = set(re.findall(r"`([^`]+)`", table[:table.index("\n## ", 5)]))
    events = written(sources)
    missing = [f"{place}: {event} is not on docs/operating.md" for event, place in events.items()
               if event not in told and not event.endswith("failed")]
    print("\n".join(missing) or f"{len(events)} events, all of them on the page")
    return 1 if missing or not events else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))

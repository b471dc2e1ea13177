"""Every sentence for a mapper or configurer is made in both languages, English and French.

Reads the calls that make such sentences and fails for one whose words are an English literal alone.
Usage: both_languages.py ROOT_OF_THE_PROJECT
"""
import pathlib
import re
import sys

CALL = re.compile(r'(?<![\w.])(?:fail|refuse|reject|badUrl|doubt)\(|\.(?:fail|warn|error|warning|reject)\(|'
                  r'\b(?:Error|Misuse|ValidationError)\((?=\s*(?:Fault|gateway::Fault|"--))|::reject\(|'
                  r'throw (?:Later|Refused)\(')
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"(?:\s*"((?:[^"\\\n]|\\.)*)")*')
PAIR = re.compile(r'\{\s*' + LITERAL.pattern + r'[^,{}]*,')  # {"english", "français"}
SENTENCE = re.compile(r'[a-z]{2,}\'? [a-z]{2,}')

# What no mapper or configurer reads in the language of their choice. Folders end in a slash.
NOT_FOR_THEM = {
    'gateway/admin/': 'answers of the admin interface: read by programs',
    'gateway/http/framing.cpp': 'goes to the peer, in HTTP',
    'gateway/http/server.cpp': 'of a connection: goes to the log',
    'gateway/host/running_gateway.cpp': 'events of the log',
    'gateway/store/': 'goes to the log',
    'plugins/command_simulate/': 'a peer for tests and demos: goes to whom it answers',
    'plugins/transform_fml/fml_hash.cpp': 'a broken installation of OpenSSL',
}
# Configuration of these is for the configurer all the same.
FOR_THEM = ('plugins/transport_mllp/options.cpp',)


def calls(text):
    """Each call of interest with its arguments, as (position, text)."""
    for begin in CALL.finditer(text):
        depth, at = 1, begin.end()
        while at < len(text) and depth:
            if text[at] == '"':
                at = LITERAL.match(text, at).end()
                continue
            if text[at] == "'" and not text[at - 1].isalnum():
                at = text.index("'", at + (3 if text[at + 1] == '\\' else 2))
            depth += {'(': 1, '{': 1, ')': -1, '}': -1}.get(text[at], 0)
            at += 1
        yield begin.start(), text[begin.start():at]


def english_alone(call):
    if 'say(' in call or 'Reason' in call or PAIR.search(call):
        return False
    return any(SENTENCE.search(one.group(0)) for one in LITERAL.finditer(call))


def skipped(name):
    return name not in FOR_THEM and any(
        name == one or (one.endswith('/') and name.startswith(one)) for one in NOT_FOR_THEM)


def main():
    root = pathlib.Path(sys.argv[1])
    seen, wrong = 0, []
    for file in sorted([*root.glob('gateway/**/*.cpp'), *root.glob('gateway/**/*.h'),
                        *root.glob('plugins/**/*.cpp'), *root.glob('plugins/**/*.h')]):
        name = file.relative_to(root).as_posix()
        if skipped(name):
            continue
        text = file.read_text(encoding='utf-8')
        for at, call in calls(text):
            seen += 1
            if english_alone(call):
                line = text.count('\n', 0, at) + 1
                wrong.append(f'{name}:{line}: English alone: {" ".join(call.split())[:150]}')
    for gone in (one for one in NOT_FOR_THEM if not (root / one).exists()):
        wrong.append(f'{gone}: is skipped here, but there is no such file')
    assert english_alone('fail("the key is unknown")')
    assert english_alone('fail(known ? "the key is unknown" : "no such key")')
    assert not english_alone('fail({"the key is unknown", "la clé est inconnue"})')
    assert not english_alone('fail(say("the key {0} is unknown", "la clé {0} est inconnue", {a}))')
    if seen < 300:
        wrong.append(f'only {seen} calls found: the scan no longer fits the sources')
    print('\n'.join(wrong) or f'{seen} sentences in both languages')
    return 1 if wrong else 0


sys.exit(main())

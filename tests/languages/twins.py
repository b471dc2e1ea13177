"""What the program says of broken input, in English and in French: no sentence may be the same in both.

Usage: twins.py PROGRAM ROOT_OF_THE_PROJECT
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM, ROOT = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
KIND = re.compile(r'\b(?:error|warning|information|fatal|erreur fatale|erreur|avertissement) ?: ')
RULE = re.compile(r'  \[[^\]]*\]$')
WORDS = re.compile(r"[^\W\d_]{2,}['’]? [^\W\d_]{2,}")
# A sentence half translated.
ENGLISH = re.compile(r'\b(?:expected|found|there is|the|did you mean)\b')
# Lines of --help that are commands to type, options and names, not sentences.
TYPED = re.compile(r'passerelle |^\s*(?:-|$)')

CONFIGURATION = """\
zone: Europe/Atlantide
mappings: nowhere
nonsense: 1
message_size: 12 parsecs
listeners:
  door:
    http: {listen: "0.0.0.0:0"}
    mllp: {listen: nowhere}
  folder: [1, 2]
sources:
  one: {listener: door, path: plans, codec: hl7v3}
  two: {folder: {path: nowhere, stable_for: 1 s, archive: nowhere}, codec: {hl7v2: {charset: klingon, version: "9"}}}
  three: {folder: {path: nowhere}, codec: {fhir+json: {check: all}}}
  four: {listener: window}
routes:
  - {from: [nobody], map: nothing, to: no}
"""

MAP = """\
uses "https://example.org/visit" alias Visit as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target

group Visit(source src : Visit, target patient : Patient) {
%s
}
"""
RULES = [
    'src.a as v -> patient.birthdate = v;', 'src.a as v -> patient.name = v', 'src.a as v then Missing(v, patient);',
    "src.a as v -> patient.gender = translate(v, 'missing', 'code');", 'src.a as v -> patient.name as n, m.family = v;',
    "src.a as v -> patient.active = create('Encounter');", 'src.a as v where (1 + -> patient.id = v;',
    'src.a as v -> patient.id = nonsense(v);', 'src.a as v -> patient.id = truncate(v);', 'src.a 3..1 as v;',
    'src.a as v -> patient.birthDate = (v.nothing());', "src.a as v where (v & ) -> patient.id = v;",
]
EXPRESSIONS = [
    "1 + 'a'", "'a'.substring('b')", "(1 | 2).single()", "'x'.matches('[')", "(1|2).is(Integer)", "@2020-02-30",
    "$index", "$total", "(1 | 'a').join()", "2.5.round(77)", "'a'.encode('x')", "'a'.escape('x')", "(1 | 2) + 3",
    "'a' < 1", "@2020-01-01 + 3", "(1|true).allTrue()", "iif((1|2), 3, 4)", "nothing()", "1 +", "'a\\q'",
    "(1|2|3).memberOf('u')", "(-1).ln().round(99)", "0.log(0)", "'a'.precision()", "1[ 'a' ]", "%missing",
]
MESSAGES = {
    'hl7v2': ['nothing', 'MSH', 'MSH|^~^&|A', 'MSH|^~\\&|A\rPI|1\r', 'MSH|^~\\&|A|||||||||||||||KLINGON\r',
              'MSH|^~\\&|A\rMSH|^~\\&|A\rPID|1\rFHS', 'MSH|^~\\&|A||||||ZZZ^Z99|1|P|2.5\rPID|||\rZZZ|1\r'],
    'fhir+json': ['{', '[]', '1', '{"a": 1}', '{"resourceType": "Nothing"}', '{"resourceType": 1}',
                  '{"resourceType": "Patient", "name": {}}', '{"resourceType": "Patient", "birthDate": [1]}',
                  '{"resourceType": "Patient", "name": [[]]}', '{"resourceType": "Patient", "name": [1]}',
                  '{"resourceType": "Patient", "active": "yes", "nonsense": 1, "birthDate": {}}',
                  '{"resourceType": "Patient", "a": 1, "a": 2}', '{"resourceType": "Patient", "fhir_comments": [1]}'],
    'fhir+xml': ['<', '<a/>', '<Nothing xmlns="http://hl7.org/fhir"/>', '<Patient xmlns="http://hl7.org/fhir">x</Patient>',
                 '<Patient xmlns="http://hl7.org/fhir"><active><b/></active></Patient>',
                 '<Patient xmlns="http://hl7.org/fhir"><active a="1"/></Patient>',
                 '<Patient xmlns="http://hl7.org/fhir"><nonsense value="1"/><active value="x"/></Patient>',
                 '<Patient xmlns="http://hl7.org/fhir"><id value="1"/><id value="2"/></Patient>',
                 '<Patient xmlns="http://hl7.org/fhir"><text><status value="x"/><div>a</div></text></Patient>'],
    'json': ['{', '{"a": 1, "a": 2}', '[1,]', '"a', '{"a" 1}', 'nul', '1 2', '\ufffe'],
    'xml': ['<a>', '<a><b></a>', 'x', '<a x=1/>', '<!DOCTYPE a><a/>', '<a:b/>', '<a>&nope;</a>', '<a/><b/>'],
    'csv': ['', 'a;b\n"1', 'a;a\n1;2\n', 'a;b\n1;2;3\n'],
    'cda': ['<', '<a/>', '<ClinicalDocument xmlns="urn:hl7-org:v3"><nonsense/></ClinicalDocument>'],
}
SHEET = ('source,sample,target,table,remark,ignore because\nname,x,plan.nothing,,,\ncode,1,plan.status,missing,,\n'
         'a,b,patient.family,,,because\n[],x,plan.number,,,\nx[y,1,plan.title,,,\n')
TABLE = '#name;broken\n#nonsense;1\nsource;target;equivalence\n1;a;wrong\n1;b;equal\n;c\n'
# Of the commands for mappers and configurers.
HELP = ['translate', 'test', 'check', 'convert', 'fhirpath', 'plugins', 'unmapped', 'status',
        'send', 'serve', 'certs init', 'maps new', 'maps fields',
        'maps build', 'maps reverse', 'maps diff', 'maps convert', 'maps table', 'model infer']
MISUSE = [['translate'], ['translate', 'x', '--nonsense'], ['test', '--threshold', '200'], ['chek'],
          ['convert', 'x', '--from', 'hl7v3', '--to', 'json'], ['convert', 'x', '--from', 'json'],
          ['translate', 'x', '--map', 'nothing'], ['translate', 'x', '--map', 'x', '--context', 'a'],
          ['fhirpath', '1', 'none', '--model', 'r9'], ['fhirpath', '--zone', 'x', '1'], ['messages', 'list'],
          ['send', 'x', '--to', 'nowhere'], ['send', 'x', '--to', 'pigeon://x'], ['certs', 'init', 'x', '--name', '/'],
          ['maps', 'nothing'], ['maps', 'new', 'missing'], ['maps', 'build', 'missing'], ['maps', 'reverse', 'missing'],
          ['test', 'missing'], ['model', 'infer', 'missing']]


def cases(folder):
    """Words of each run; the files they name are in the folder."""
    def file(name, text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return name
    file('broken/passerelle.yaml', CONFIGURATION)
    yield ['check', '-c', 'broken']
    file('unreadable/passerelle.yaml', 'a: [1\nb: &x 2\n')
    yield ['check', '-c', 'unreadable']
    file('in.json', '{"a": "x"}')
    for number, rule in enumerate(RULES):
        yield ['translate', '--map', file(f'maps/{number}.map', MAP % rule), 'in.json', '--mappings', 'maps']
    for one in sorted((ROOT / 'docs/examples/mapping-errors').glob('*.map')):
        yield ['translate', '--map', str(one), 'in.json']
    file('tabled/tables/broken.csv', TABLE)
    file('tabled/tables/empty.csv', '')
    file('tabled/tabled.map', MAP % "src.a as v -> patient.gender = translate(v, 'broken', 'code');")
    yield ['translate', '--map', 'tabled/tabled.map', 'in.json', '--mappings', 'tabled']
    yield ['test', 'tabled']
    yield ['maps', 'build', file('sheet.csv', SHEET)]
    yield ['maps', 'build', file('nosheet.csv', 'a,b\n1,2\n')]
    for expression in EXPRESSIONS:
        yield ['fhirpath', '--', expression]
    for codec, texts in MESSAGES.items():
        for number, text in enumerate(texts):
            name = file(f'{codec}/{number}', text)
            yield ['convert', '--from', codec, '--to', 'text', name]
            if codec in ('hl7v2', 'fhir+json', 'fhir+xml', 'cda'):
                yield ['convert', '--from', codec, '--check', name]
    yield from MISUSE
    for command in HELP:
        yield command.split() + ['--help']


def said(words, language, folder):
    done = subprocess.run([PROGRAM, '--lang', language, *words], cwd=folder, capture_output=True, timeout=60,
                          env=dict(os.environ, LC_ALL='C'), stdin=subprocess.DEVNULL, check=False)
    if done.returncode < 0 or done.returncode > 2:
        raise SystemExit(f'{words}: ended with {done.returncode}')
    text = done.stderr if '--help' not in words else done.stdout
    return text.decode('utf-8', 'replace').splitlines()


def sentence(line):
    return RULE.sub('', KIND.sub('', line))


def main():
    plugins = subprocess.run([PROGRAM, 'plugins'], capture_output=True, check=False).stdout.decode()
    for needed in ('codec_hl7v2', 'codec_fhir', 'codec_json', 'codec_xml', 'codec_csv', 'codec_cda', 'transform_fml',
                   'command_maps', 'command_model', 'transport_folder', 'transport_http', 'transport_mllp'):
        if needed not in plugins:
            raise SystemExit(f'the plugin {needed} is not there: what it says cannot be tried')
    same, runs, told = [], 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for words in list(cases(folder)):
            runs += 1
            english = {sentence(line) for line in said(words, 'en', folder)}
            french = [sentence(line) for line in said(words, 'fr', folder)]
            told += len(french)
            same += [f'{words}: {line}' for line in french
                     if line in english and WORDS.search(line) and not TYPED.search(line)
                     or ENGLISH.search(line)]
    print('\n'.join(same))
    print(f'{runs} runs, {told} lines in French, {len(same)} of them English')
    return 1 if same or told < runs / 2 else 0


sys.exit(main())

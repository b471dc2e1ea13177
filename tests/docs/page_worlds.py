"""The worlds in which docs/operating.md is run: none, the demo, and a feed to one hospital."""
import http.server
import json
import os
import pwd
import re
import shutil
import signal
import socketserver
import subprocess
import threading
import time

PATIENCE = 60  # seconds


def within(what, so):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := so():
            return found
        time.sleep(0.05)
    raise SystemExit(f"not within {PATIENCE} s: {what}")


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def replaced(text, what, by):
    if what not in text:
        raise SystemExit(f"it holds no longer: {what}")
    return text.replace(what, by, 1)


class Nowhere:
    """A folder laid out as the sources are, with the program and no gateway."""

    def __init__(self, sources, build, folder):
        self.sources, self.folder = sources, os.path.join(folder, type(self).__name__)
        self.program = os.path.join(self.folder, "build", "passerelle")
        os.makedirs(os.path.join(self.folder, "build", "got"))
        os.symlink(os.path.join(build, "passerelle"), self.program)
        for name in ("docs", "scripts", "tests", "mappings"):
            os.symlink(os.path.join(sources, name), os.path.join(self.folder, name))
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE)

    def start(self, words, output):
        with open(output, "w", encoding="utf-8") as file:
            self.processes.append(subprocess.Popen(words, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                                   stdout=file, stderr=subprocess.STDOUT, start_new_session=False))
        return self.processes[-1]

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def asked(self, *words):
        """Of the running gateway."""
        done = subprocess.run([self.program, *words, "-c", self.path("build", "demo"), "--json"], env=self.environment, text=True,
                              stdout=subprocess.PIPE, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def before(self, section, command, again):
        """What has happened before that command. @param again: it has stood in its section before"""

    def translated(self, command):
        """A command as it is run here."""
        if "simulate" in command:  # it stays until it is stopped
            command = f"timeout --preserve-status -s TERM 1 {command} | head -1"
        return command

    def typed(self, command):
        """What a person answers."""
        return ""

    def as_on_the_page(self, said):
        """Without what is this run's own."""
        for whole in (os.path.realpath(self.folder), self.folder):
            said = said.replace(whole + "/", "")
        said = re.sub(r'^.*"event":"runs-as-root".*\n', "", said, flags=re.M)
        return re.sub(rf"\b{pwd.getpwuid(os.geteuid()).pw_name}\b", "anne", said)


class Demo(Nowhere):
    """scripts/demo, as it stands when it says that one may look around."""

    def __enter__(self):
        for name in ("scripts", "mappings"):  # the demo goes up from the one, the page changes the other
            os.unlink(self.path(name))
            shutil.copytree(os.path.join(self.sources, name), self.path(name))
        self.said = self.path("demo.out")
        self.start([self.path("scripts", "demo"), "--built"], self.said)
        self.pid = within("scripts/demo", lambda: re.search(r"The gateway \(process (\d+)\) runs until", read(self.said)))[1]
        self.log = self.path("build", "demo", "gateway.log")
        self.portal = re.search(r'"listener":"portal","address":"127.0.0.1:(\d+)"', read(self.log))[1]
        self.good = {}
        return self

    def __exit__(self, *_):
        os.kill(int(self.pid), signal.SIGTERM)
        super().__exit__()

    def translated(self, command):
        if command.endswith("serve -c build/demo") and not self.shown:
            self.shown = True
            return f"cat {self.log}"
        command = command.replace("127.0.0.1:8443", f"127.0.0.1:{self.portal}").replace("PID", self.pid)
        return super().translated(command)

    shown = False

    def typed(self, command):
        if " where " in command:
            return "Inventée\n17/05/1948\n"
        return "EXC-2026-0001\n" if " audit person " in command else ""

    def mistaken(self):
        """The four mistakes of the page."""
        for name, what, by in (("partners/gp.yaml", "map: plan-to-gp", "map: plan-to-pg"),
                               ("partners/hospital.yaml", "concurrency:", "concurency:"),
                               ("partners/hospital.yaml", "answer_within: 10 s", "answer_within: 10"),
                               ("passerelle.yaml", "to: care-team", "to: care-teem")):
            file = self.path("build", "demo", name)
            text = read(file)
            self.good.setdefault(file, text)
            write(file, replaced(text, what, by))

    def sent(self, number, profession):
        """A plan of that number with a profession that no table has."""
        with open(os.path.join(self.sources, "docs", "demo", "plans", "1-actif.json"), encoding="utf-8") as file:
            plan = json.load(file)
        plan["dossier"]["numero"] = number
        plan["intervenants"][-1]["fonction"] = profession
        write(self.path("build", "held-plan.json"), json.dumps(plan, ensure_ascii=False))
        certs = self.path("build", "demo", "certs")
        subprocess.run([self.program, "send", "--to", f"https://127.0.0.1:{self.portal}/networks/relai/plans",
                        "--ca", f"{certs}/ca.crt", "--cert", f"{certs}/portal.crt", "--key", f"{certs}/portal.key",
                        self.path("build", "held-plan.json")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment)
        within("it is held", lambda: len(self.asked("messages", "list", "--state", "held").get("messages", [])) == 1)

    def mended(self):
        """The row of the page stands in the table, and the gateway has taken it."""
        table = self.path("mappings", "networks", "relai", "tables", "relai-fonction.csv")
        row = re.search(r"`(DIETETICIEN,[^`]*)`", read(os.path.join(self.sources, "docs", "operating.md")))[1]
        write(table, read(table).rstrip("\n") + "\n" + row + "\n")
        taken = read(self.log).count("configuration-in-force")
        os.kill(int(self.pid), signal.SIGHUP)
        within("the reload", lambda: read(self.log).count("configuration-in-force") > taken)

    def before(self, section, command, again):
        if section == "Before starting" and again:
            self.mistaken()
            return
        for file, text in self.good.items():
            write(file, text)
        self.good = {}
        if section == "Which messages" and not command.endswith("held"):
            self.sent("EXC-2026-0009", "DIETETICIEN")
        if section == "Mending a held plan" and " replay " in command and "NIX" not in command:
            self.mended()
        if section == "Mending a held plan" and " show " in command and "--body" not in command:
            within("it is delivered", self.served)
        if section == "Mending a held plan" and " list " in command:
            self.sent("EXC-2026-0010", "OSTEOPATHE")

    def served(self):
        """Whether all that the newest plan made has gone."""
        newest = self.asked("messages", "list", "--source", "relai", "--most", "1")["messages"][0]
        return newest["state"] == "translated" and all(one["state"] in ("delivered", "offered") for one in newest["deliveries"])


class Receivers:
    """Those who are told of alerts: a web server and a mail server."""

    class Web(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    class Mail(socketserver.StreamRequestHandler):
        def handle(self):
            self.say("220 here")
            data = False
            for line in self.rfile:
                line = line.strip()
                if data and line != b".":
                    continue
                data = line == b"DATA"
                if line == b"QUIT":
                    return
                self.say("354 go on" if data else "250 taken")

        def say(self, text):
            self.wfile.write(text.encode() + b"\r\n")

    def __init__(self):
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.Web)
        self.mail = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self.Mail)
        for server in (self.web, self.mail):
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def close(self):
        for server in (self.web, self.mail):
            server.shutdown()
            server.server_close()


class Lane(Nowhere):
    """A feed of HL7 to a hospital that is away at first, then refuses."""

    def __enter__(self):
        self.receivers = Receivers()
        self.hospital = None
        self.configure(1)
        self.serve()
        for number in (1, 2):
            self.send(f"A{number}", "ADT^A01^ADT_A01")
        within("the alert", lambda: any(one["told"] for one in self.asked("status").get("alerts", [])))
        within("the count", lambda: sum(one["in"] for one in self.asked("status")["reconciliation"]) == 4)
        return self

    def __exit__(self, *_):
        super().__exit__()
        self.receivers.close()

    def configure(self, port):
        folder = self.path("build", "demo")
        write(f"{folder}/passerelle.yaml", f"""store: {{sqlite: var/passerelle.db}}
admin: {{metrics: '127.0.0.1:0', edit: on}}
keep: {{body: 30 d, metadata: 365 d}}
listeners:
  adt: {{mllp: {{listen: '127.0.0.1:0'}}}}
sources:
  adt: {{listener: adt, codec: hl7v2}}
routes:
  - {{name: all, from: adt, if: "MSH.`9`.`1` = 'ADT'", to: chu-exemple/plans}}
alerts:
  breaker: 2 s
  every: 200 ms
  receivers:
    it-service: {{webhook: {{url: 'http://127.0.0.1:{self.receivers.web.server_port}/hooks/42'}}, language: fr}}
    anne:
      mail: {{server: '127.0.0.1:{self.receivers.mail.server_address[1]}', security: none, from: passerelle@example.org,
             to: [anne@example.org]}}
""")
        write(f"{folder}/partners/chu-exemple.yaml", f"""category: hospital
destinations:
  plans: {{mllp: {{host: localhost, port: {port}}}, codec: hl7v2, on_refusal: block, retry: {{first: 500 ms, most: 2 s}}}}
""")

    def serve(self):
        self.log = self.path("gateway.log")
        self.gateway = self.start([self.program, "serve", "-c", "build/demo"], self.log)
        within("the start", lambda: '"event":"started"' in read(self.log))
        self.adt = re.search(r'"listener":"adt","address":"127.0.0.1:(\d+)"', read(self.log))[1]
        self.metrics = re.search(r'"metrics-listen","listen":"127.0.0.1:(\d+)"', read(self.log))[1]

    def send(self, control_id, kind):
        message = self.path("message.hl7")
        with open(message, "w", encoding="utf-8", newline="") as file:
            file.write(f"MSH|^~\\&|A|B|C|D|20260301||{kind}|{control_id}|P|2.5\rPID|1||P1^^^H^PI||EXEMPLE^ANNE\rOBX|1|NM|T||36.9\r")
        subprocess.run([self.program, "send", "--to", f"mllp://127.0.0.1:{self.adt}", message], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment)

    def reload(self):
        taken = read(self.log).count("configuration-in-force")
        self.gateway.send_signal(signal.SIGHUP)
        within("the reload", lambda: read(self.log).count("configuration-in-force") > taken)

    def answering(self, *how):
        """A hospital that answers so, from now on."""
        if self.hospital:
            self.hospital.terminate()
            self.hospital.wait(PATIENCE)
        output = self.path("hospital.out")
        self.hospital = self.start([self.program, "simulate", "hospital", "--listen", "127.0.0.1:0", *how], output)
        self.configure(within("the hospital", lambda: re.search(r"listening 127.0.0.1:(\d+)", read(output)))[1])
        self.reload()

    def states(self, state):
        return self.asked("status")["destinations"][0][state]

    def before(self, section, command, again):
        if section == "Mending a lane that is stuck" and " status " in command and not again:
            self.answering("--answer", "AE")
            within("it is set aside", lambda: self.states("set-aside") == 1)
        if section == "Mending a lane that is stuck" and " replay " in command:
            self.answering()
        if section == "Mending a lane that is stuck" and " status " in command and again:
            within("both are delivered", lambda: self.states("delivered") == 2)
        if section == "Many at once, by cause" and "--dry-run" in command:
            for one in (1, 2):
                self.send(f"R{one}", "ORU^R01^ORU_R01")
            within("both are held", lambda: len(self.asked("messages", "list", "--state", "held")["messages"]) == 2)
        if section == "Editing a copy" and "--dry-run" in command:
            copy = self.path("copy")
            with open(copy, encoding="utf-8", newline="") as file:
                text = file.read()
            with open(copy, "w", encoding="utf-8", newline="") as file:
                file.write(replaced(text, "36.9", "37.9"))
        if section == "Other keys for the store" and command.startswith("journalctl"):
            within("all is sealed anew", lambda: "store-sealed-anew" in read(self.log))
        if section == "Backup, check, restore" and " restore " in command and not again and self.gateway.poll() is None:
            self.gateway.send_signal(signal.SIGTERM)
            self.gateway.wait(PATIENCE)

    def translated(self, command):
        command = command.replace("PID", str(self.gateway.pid)).replace("127.0.0.1:9464", f"127.0.0.1:{self.metrics}")
        return super().translated(command.replace("journalctl -u passerelle -o cat", f"cat {self.log}"))

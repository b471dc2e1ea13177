"""A gateway that runs with the configuration of docs/examples/fhir-api, on a port of its own, and those who call it."""
import os
import re
import shutil
import subprocess
import tempfile
import time

from fhir_caller import Caller

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLES = os.path.join(SOURCE, "docs", "examples", "fhir-api")
CALLERS = ("cabinet-exemple", "portail-relai", "portail-vallon")
BASE = "https://passerelle.example/fhir"


class Front:
    """Use it by `with`: what it made is gone afterwards."""

    def __init__(self, build):
        self.passerelle = os.path.join(os.path.abspath(build), "passerelle")
        self.folder = tempfile.mkdtemp(prefix="fhir_front_")
        self.site = os.path.join(self.folder, "docs", "examples", "fhir-api")
        self.certs = os.path.join(self.site, "certs")
        self.gateway = self.port = None

    def __enter__(self):
        shutil.copytree(EXAMPLES, self.site, ignore=shutil.ignore_patterns("certs", "var"))
        os.symlink(os.path.join(SOURCE, "mappings"), os.path.join(self.folder, "mappings"))
        names = [word for caller in CALLERS for word in ("--name", caller)]
        self.command("certs", "init", self.certs, *names)
        self._listen_anywhere()
        try:
            self._serve()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.gateway:
            self.gateway.terminate()
            self.gateway.wait()
        shutil.rmtree(self.folder)

    def command(self, *arguments):
        """What a command of the program prints."""
        ran = subprocess.run([self.passerelle, *arguments], capture_output=True, text=True)
        if ran.returncode != 0:
            raise RuntimeError(f"passerelle {' '.join(arguments)}: {ran.stderr}{ran.stdout}")
        return ran.stdout

    def caller(self, who, language="fr"):
        return Caller(self.certs, who, self.port, language)

    def until(self, what, probe, seconds=30):
        """What `probe` gives, as soon as it gives something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = probe()
            if found:
                return found
            time.sleep(0.02)
        raise RuntimeError(f"{what}: not after {seconds} s\n{self._log()}")

    def waiting(self, caller, count):
        """The searchset of what waits for `caller`, once it is `count` deliveries, and these in their order."""

        def all_there():
            found = caller.resource("GET", "Task?status=requested&code=pick-up")
            return found if found["total"] == count else None

        tasks = self.until(f"{count} deliveries wait", all_there)
        return tasks, [entry["resource"]["focus"]["reference"] for entry in tasks.get("entry", [])]

    def _listen_anywhere(self):
        path = os.path.join(self.site, "passerelle.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        assert "127.0.0.1:8443" in text, path
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("127.0.0.1:8443", "127.0.0.1:0"))

    def _log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as file:
            return file.read()

    def _serve(self):
        with open(os.path.join(self.folder, "log"), "wb") as log:
            self.gateway = subprocess.Popen([self.passerelle, "serve", "-c", self.site], stdout=log, stderr=log)

        def listening():
            if self.gateway.poll() is not None:
                raise RuntimeError("the gateway ended:\n" + self._log())
            return re.search(r'"listener":"portal","address":"127\.0\.0\.1:(\d+)"', self._log())

        self.port = int(self.until("the gateway listens", listening)[1])

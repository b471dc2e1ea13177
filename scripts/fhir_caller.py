"""Software that calls the FHIR base of a gateway on this machine, with a certificate."""
import http.client
import json
import os
import ssl


class Caller:
    def __init__(self, certs, name, port, language="fr"):
        """`certs`: the folder of `passerelle certs init`; `name`: whose certificate is shown."""
        self.port = port
        self.language = language
        self.context = ssl.create_default_context(cafile=os.path.join(certs, "ca.crt"))
        self.context.load_cert_chain(os.path.join(certs, name + ".crt"), os.path.join(certs, name + ".key"))

    def ask(self, method, path="", body=None):
        """(status, text) of a request; `path` as below the base."""
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=30)
        headers = {"Accept-Language": self.language, "Content-Type": "application/fhir+json"}
        connection.request(method, f"/fhir/{path}".rstrip("/"), body and body.encode(), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def resource(self, method, path="", body=None, expected=(200, 201)):
        """The resource that is answered; an error, with what was said, when the status is none of `expected`."""
        status, text = self.ask(method, path, body)
        if status not in expected:
            raise RuntimeError(f"{method} {path}: {status}, expected {expected}: {text}")
        return json.loads(text)

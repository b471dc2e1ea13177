"""The examples of the FHIR package: what is sent stands in docs/examples/fhir-api, what is answered is what the gateway answers."""
import datetime
import json
import os
import re
from dataclasses import dataclass

from fhir_front import BASE, EXAMPLES

PRACTICE, NETWORK = "cabinet-exemple", "portail-vallon"
PROFILE = BASE + "/StructureDefinition/"
PLANS = {  # in the order of their sending: two editions of one plan, its end; another plan, and its end
    "new": ("a new plan", "un nouveau plan"),
    "update": ("its next edition: the same CarePlan, by its identifier", "son édition suivante : le même CarePlan, par son identifiant"),
    "closed": ("its end: care is coordinated, completed", "sa fin : la prise en charge est coordonnée (completed)"),
    "refused-recipient": ("a plan whose person refuses a recipient", "un plan dont la personne refuse un destinataire"),
    "revoked": ("its end: the person refuses the network, revoked", "sa fin : la personne refuse le réseau (revoked)"),
}


@dataclass
class Example:
    """A resource, what it shows, and the profile that it keeps to."""

    id: str
    resource: dict
    en: str
    fr: str
    profile: str = ""


def example_text(name):
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as file:
        return file.read()


def sent():
    """What software sends, as it stands in docs/examples/fhir-api."""

    def one(example, name, en, fr, profile=""):
        return Example(example, json.loads(example_text(name)), en, fr, profile)

    plans = [one(f"plan-{name}", f"plans/{name}.json", f"sent by a network: {en}", f"envoyé par un réseau : {fr}", PROFILE + "pps-bundle")
             for name, (en, fr) in PLANS.items()]
    return plans + [
        one("answer", "answer.json", "sent by a practice: an action of the plan is done",
            "envoyé par un cabinet : une action du plan est réalisée"),
        one("subscription", "subscription.json", "sent by a practice: tell us when a plan waits",
            "envoyé par un cabinet : prévenir quand un plan attend"),
    ]


def answered(front):
    """What a running gateway answers to them; its numbers and times are those of no real day."""
    practice, network = front.caller(PRACTICE), front.caller(NETWORK)
    statement = front.caller(PRACTICE, "en").resource("GET", "metadata")
    found = [Example("front", statement, "the base of docs/examples/fhir-api", "la base de docs/examples/fhir-api"),
             *plans_fetched(front, network, practice), *said_to_a_practice(practice)]
    notice = front.until("the practice's answer waits for the network", lambda: notices(network))[0]
    found.append(Example("notice", notice, "fetched by a network: what a practice answered",
                         "récupéré par un réseau : ce qu'un cabinet a répondu", PROFILE + "pps-notice-bundle"))
    return settled_on_one_day(found, front.port)


def plans_fetched(front, network, practice):
    """Each plan is sent, found and read, then all are settled: nothing is left that a Subscription could tell of."""
    for number, (name, (en, fr)) in enumerate(PLANS.items(), 1):
        answer = network.resource("POST", "", example_text(f"plans/{name}.json"))
        tasks, waiting = front.waiting(practice, number)
        yield Example(f"received-{name}", practice.resource("GET", waiting[-1]), f"fetched by a practice: {en}",
                      f"récupéré par un cabinet : {fr}", PROFILE + "pps-bundle")
        if name == "new":
            yield Example("answer-to-a-plan", answer, "answered to a network that sent a plan", "répondu à un réseau qui a envoyé un plan")
    yield Example("waiting", tasks, "found by a practice: what waits for it", "trouvé par un cabinet : ce qui l'attend")
    closed = practice.resource("GET", "CarePlan?status=completed")
    yield Example("closed-plans", closed, "found by a practice: plans that ended", "trouvé par un cabinet : les plans terminés")
    settled = [practice.resource("POST", one + "/$ack") for one in waiting]
    yield Example("settled", settled[0], "answered to a practice that has it", "répondu à un cabinet qui l'a bien reçu")


def said_to_a_practice(practice):
    taken = practice.resource("POST", "Task", example_text("answer.json"))
    yield Example("answer-taken", taken, "answered to its answer: taken", "répondu à sa réponse : prise en compte")
    found = practice.resource("POST", "Task/$validate", example_text("faulty.json"))
    yield Example("faults-found", found, "what $validate finds in a Task, in French", "ce que $validate trouve dans une Task, en français")
    refused = practice.resource("POST", "Task", example_text("faulty.json"), expected=(422,))
    yield Example("refused", refused, "answered to a Task that says nothing of a plan", "répondu à une Task qui ne dit rien d'un plan")
    subscribed = practice.resource("POST", "Subscription", example_text("subscription.json"))
    yield Example("subscribed", subscribed, "answered to a Subscription", "répondu à une Subscription")


def notices(network):
    found = network.resource("GET", "Bundle")
    return [entry["resource"] for entry in found.get("entry", [])]


def of_this_run(text, instead, now):
    """Times of a network, with its offset: those of this run alone, for examples have others."""
    began = datetime.datetime.fromisoformat(now.replace("Z", "+00:00"))

    def one(found):
        apart = datetime.datetime.fromisoformat(found[0]) - began
        return instead if abs(apart) < datetime.timedelta(minutes=10) else found[0]

    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", one, text)


def settled_on_one_day(examples, port):
    """The same from one run to the next: host, ids that the gateway gives, and the time of now."""
    text = json.dumps([example.resource for example in examples])
    prefix = re.search(r"/_history/([0-9A-Z]+)-\d+", text)[1]
    text = text.replace(prefix, "EXEMP").replace(f"https://localhost:{port}/fhir", BASE)
    text = re.sub(r'("versionId": "|W/\\")\d{13}', r"\g<1>1", text)
    now = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d\.\d{3}Z")
    first = datetime.date.fromisoformat(min(now.findall(text)))
    day = datetime.date(2026, 7, 1)
    text = of_this_run(text, f"{day}T08:00:00+02:00", now.search(text)[0])
    text = now.sub(lambda found: f"{day + (datetime.date.fromisoformat(found[1]) - first)}T08:00:00.000Z", text)
    for example, resource in zip(examples, json.loads(text)):
        example.resource = resource
    return examples

"""Somebody asks by the public form what is held about them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from operations.prove import inbox
from operations.prove.api import Api, fetched
from operations.prove.copy import judge
from operations.prove.play import Play, Step
from operations.prove.report import Broken

_LINK_SECONDS = 300


def ask(play: Play) -> str:
    """By the form. Nothing is searched before they have proven who they are."""
    inbox.needs(play.stage)
    asked = {"type": "access", "email": play.canary.email, "name": play.canary.name}
    reference = Api(play.stage.address)("POST", "/v1/rights-requests", asked).of(202).json["reference"]
    play.references["access"] = reference
    at_step(play, reference, "identity")
    play.staff["desk"]("GET", f"/v1/desk/requests/{reference}/findings?store=chats").of(409)
    return "asked by the form; nothing is searched before the proof"


def prove_oneself(play: Play) -> str:
    """By a code that comes to the address, and by no other."""
    reference, api = play.request("access"), Api(play.stage.address)
    code = inbox.next_code(play.stage, play.canary.email)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    api("POST", f"/v1/rights-requests/{reference}/code", {"code": wrong}).of(400)
    api("POST", f"/v1/rights-requests/{reference}/code", {"code": code}).of(200)
    at_step(play, reference, "review")
    return "another code is refused; with the code that was mailed, the search began"


def review(play: Play) -> str:
    """Staff see what was found, and approve."""
    reference, desk = play.request("access"), play.staff["desk"]
    found = desk("GET", f"/v1/desk/requests/{reference}").of(200).json
    counts = {one["store"]: one["found"] for one in found["progress"]["stores"]}
    if counts.get("chats") != 1:
        raise Broken(f"{counts.get('chats', 0)} chats were found, not one")
    desk("POST", f"/v1/desk/requests/{reference}/approve").of(200)
    at_step(play, reference, "delivery")
    return f"the chat and {sum(counts.values()) - 1} records beside it were found and approved"


def fetch(play: Play) -> str:
    """The person and the desk get the same copy, whole, ours, with all that was said."""
    reference, api = play.request("access"), Api(play.stage.address)
    before = len(inbox.codes(play.stage, play.canary.email))
    api("POST", f"/v1/rights-requests/{reference}/codes").of(202)
    code = inbox.next_code(play.stage, play.canary.email, before)
    link = api("POST", f"/v1/rights-requests/{reference}/copy", {"code": code}).of(201).json["url"]
    copy = fetched(link).of(200).body
    desk = play.staff["desk"]("POST", f"/v1/desk/requests/{reference}/links").of(201).json
    if fetched(desk["url"]).of(200).body != copy:
        raise Broken("the person and the desk got different copies")
    key = api("GET", "/v1/signing-key").of(200).json["pem"].encode()
    words = [play.words(what) for what in ("question", "more", "reply", "card")]
    return judge(copy, key, [play.canary.name, play.canary.email, play.canary.phone, *words])


def link(play: Play) -> str:
    """Links hold for minutes, and say nothing of a person."""
    reference, desk = play.request("access"), play.staff["desk"]
    made = desk("POST", f"/v1/desk/requests/{reference}/links").of(201).json
    lasts = parse_qs(urlsplit(made["url"]).query).get("X-Amz-Expires")
    if made["valid_seconds"] != _LINK_SECONDS or lasts != [str(_LINK_SECONDS)]:
        raise Broken(f"a link holds for {made['valid_seconds']} seconds")
    if play.canary.marker in made["url"].lower():
        raise Broken("the link names the person")
    desk("POST", f"/v1/desk/requests/{reference}/close", {"because": "The copy was fetched."}).of(200)
    at_step(play, reference, "done")
    fetched(made["url"]).of(403, 404)
    return "a link holds for five minutes, and for none once the request is closed"


def at_step(play: Play, reference: str, step: str) -> dict[str, Any]:
    """The request, once its flow has come to ``step``. Raises Broken where it failed on its way."""

    def there() -> dict[str, Any] | None:
        found = play.staff["desk"]("GET", f"/v1/desk/requests/{reference}").of(200).json
        if found["progress"]["failed"]:
            raise Broken(f"the flow of the request failed at {found['progress']['failed']}")
        return found if found["progress"]["step"] == step else None

    return play.stage.until(f"the request's step {step}", there)


STEPS = (
    Step("N13", "nothing is searched for somebody who has proven nothing", ask),
    Step("N13", "a code to the address given proves who asks", prove_oneself),
    Step("N12", "what is held is found, and staff see it before it goes", review),
    Step("N12", "who asks gets all of it, in a form that they can read and check", fetch),
    Step("N13", "a link to a copy holds for five minutes", link),
)

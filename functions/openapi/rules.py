"""The library's rules on values, as JSON Schema. Never narrower than what the library takes: where it trims, folds or
masks rather than refuses, the rule stands in words."""

import re
from functools import cache
from typing import Any

from functions.reading import CODE, NUMBER, PLACE, REFERENCE, REQUEST

Schema = dict[str, Any]


_SALE = {
    "name": "Ada Lovelace",
    "what": "Teapot",
    "amount": "49.00",
    "currency": "GBP",
    "bought_on": "2026-01-31",
    "processor": "bank",
    "processor_reference": "PAY-2026-0002",
}


@cache
def rules() -> dict[str, Schema]:
    """Each rule by the name by which forms and shapes call it."""
    from imchat import clock, hours, periods, places, text
    from imchat.bundle.contents import REASONS
    from imchat.chat.canned import SHORTCUT_LENGTH
    from imchat.desk import amounts, purchases, purchases_csv
    from imchat.prover.finding import Outcome
    from imchat.prover.sentences import LONGEST as LONGEST_SENTENCE
    from imchat.register.stores import stores
    from imchat.register.words import LANGUAGES
    from imchat.rights import documents, intake, review
    from imchat.staff import operators, sites
    from imchat.stores import chats, requests, unlocks
    from imchat.visits.counting import LONGEST

    return {
        "act_id": _pattern(text.ACT_ID, "b1946ac92492d2347c6235b4")
        | _said("One's own id of this, chosen by chance: sent again with the same id, it is done once."),
        "address": {"maxLength": text.URL_LENGTH, "examples": ["https://shop.example/teapots"]}
        | _said("The address of a page, with http or https and without a user name or password."),
        "amount": _pattern(rf"\s*{amounts.AMOUNT.pattern}\s*", "49.00"),
        "channel": {"enum": list(requests.CHANNELS)},
        "chat_key": _said("The token of one's chat, as the widget keeps it: it proves that the chat is one's own."),
        "chat_status": {"enum": [chats.OPEN, chats.CLOSED]},
        "client_id": _pattern(text.CLIENT_ID, "m-1")
        | _said(
            "One's own id of this: sent again with the same id, it is done once. A message's id is known as long as"
            f" fewer than {chats.PAGE_MESSAGES} messages and notes, and less than {chats.PAGE_BYTES // 1024} KB, were"
            " written since. A chat is opened once within ten minutes where the id has at least 20 characters and every"
            " field is the same; once it has ended or was deleted, the id is refused."
        ),
        "code": _pattern(CODE, "123456"),
        "colour": _pattern(r"#[0-9A-Fa-f]{6}", "#1a73e8"),
        "contact": _said("An email address, or the address of a page with http or https; blank for none.")
        | {"examples": ["hello@shop.example"]},
        "copy_state": {"enum": list(chats.COPY_STATES)},
        "currency": _pattern(r"\s*[A-Za-z]{3}\s*", "GBP") | _said("A currency of ISO 4217."),
        "day": {"format": "date", "examples": ["2026-01-31"]},
        "decision": {"enum": sorted({decision for some in review.DECISIONS.values() for decision in some})}
        | _said("What is done about an objection, that a restriction ends, or that only the system log is changed."),
        "document_type": {"enum": list(documents.TYPES)},
        "email": _said("An email address, which may be invented, of at most 254 characters; blank for none.")
        | {"examples": ["ada@example.org"]},
        "erasure_ground": {"enum": list(requests.GROUNDS)} | _said("On which ground of UK GDPR Article 17(1)."),
        "extension_ground": {"enum": list(requests.EXTENSIONS)}
        | _said("For the complexity of the request, or the number of the person's requests."),
        "identity_method": {"enum": list(intake.JUDGED_METHODS)},
        "language": {"enum": list(LANGUAGES)},
        "languages": {"minItems": 1},
        "limit": {"minimum": 1, "maximum": places.MOST},
        "locale": {"maxLength": text.LOCALE_LENGTH, "examples": ["en-GB"]}
        | _said("A language tag (BCP 47); blank for none."),
        "log_ground": {"enum": list(requests.LOG_GROUNDS)},
        "message": {"minLength": 1, "maxLength": text.MESSAGE_LENGTH, "examples": ["Is the teapot in stock?"]}
        | _said("Not blank; no control characters but tabs and line ends. Card numbers are masked."),
        "name": _said(f"One line of at most {text.NAME_LENGTH} characters, not counting spaces around it.")
        | {"examples": ["Ada Lovelace"]},
        "number": _pattern(NUMBER, "1"),
        "opening_days": {"propertyNames": {"enum": list(hours.DAYS)}, "examples": [{"mon": [["09:00", "17:00"]]}]}
        | _said(f"Spans of opening by day, at most {hours.MOST_A_DAY} a day; a day that is not named is closed."),
        "origins": {"minItems": 1, "items": {"type": "string"} | _pattern(sites.ORIGIN, "https://shop.example")}
        | _said(f"What browsers send as the origin of the site's pages: at most {sites.MOST_ORIGINS}."),
        "other_consent": {"enum": list(review.CONSENT)},
        "other_information": {"enum": list(review.INFORMATION)},
        "path": {"maxLength": LONGEST, "examples": ["/teapots"]} | _pattern(r"/[\s\S]*", "/teapots"),
        "period": _pattern(periods.PATTERN, "6 months") | _said("No longer than the notice's own period."),
        "phone": _said("A phone number, with its country code or of the site's region; blank for none.")
        | {"examples": ["+44 20 7946 0958"]},
        "place": _pattern(PLACE, "0.0"),
        "post": _said(
            f"A postal address, on several lines, of at most {text.COMMENT_LENGTH} characters; blank for none."
        )
        | {"examples": ["1 High Street\nLondon"]},
        "postal_address": _said(f"At most {sites.POSTAL_LENGTH} characters, on several lines; blank for none.")
        | {"examples": ["1 High Street\nLondon N1 1AA"]},
        "processor": {"enum": list(purchases.PROCESSORS)},
        "processor_given": _said(f"Through whom it was paid: {' or '.join(purchases.PROCESSORS)}, in any case.")
        | {"examples": [purchases.PROCESSORS[0]]},
        "processor_reference": _said("The payment's reference: letters, digits and . _ : / -, at most 64.")
        | {"examples": ["PAY-2026-0001"]},
        "proof_state": {"enum": [outcome.value for outcome in Outcome]},
        "purchases_file": _said(
            f"A heading and a line a purchase, at most {purchases_csv.MOST_LINES} lines; the columns:"
            f" {', '.join(purchases_csv.COLUMNS)}."
        )
        | {"examples": [_csv(_SALE)]},
        "redaction_reason": {"enum": list(REASONS)},
        "reference": _pattern(REFERENCE, "k7qf2m3rxa4ck7qf2m3rxa4ck7"),
        "region": _pattern(r"[A-Z]{2}", "GB") | _said("A country (ISO 3166): where numbers without a code belong."),
        "remark": _said(f"At most {text.COMMENT_LENGTH} characters; blank for none.") | {"examples": ["Very helpful."]},
        "request_reference": _pattern(REQUEST, "k7qf-2m3r-xa4c"),
        "request_state": {
            "enum": [*requests.OPEN, requests.CLOSED, requests.REFUSED, requests.WITHDRAWN, requests.DROPPED]
        },
        "request_type": {"enum": list(requests.TYPES)},
        "score": {"minimum": 1, "maximum": 5, "examples": [5]},
        "sentence": {"maxLength": LONGEST_SENTENCE, "examples": ["A rule was off from 2 to 3 May; it is on again."]}
        | _said("What happened, whom it concerns, what is done; blank for none."),
        "shortcut": {"minLength": 1, "maxLength": SHORTCUT_LENGTH, "examples": ["delivery"]}
        | _said("Letters, digits, hyphens and underscores."),
        "site_id": {"examples": ["demo"]},
        "site_text": _said(f"At most {sites.TEXT_LENGTH} characters; blank for the widget's own."),
        "site_texts": {"propertyNames": {"enum": list(LANGUAGES)}, "examples": [{"en": {"welcome": "Good day!"}}]},
        "store": {"enum": [store.name for store in stores()]},
        "time": {"examples": ["2026-01-31T10:00:00+00:00"]}
        | _said(f"With its offset, in the years {clock.EARLIEST.year} to {clock.LATEST.year - 1}."),
        "timezone": {"maxLength": text.TIMEZONE_LENGTH, "examples": ["Europe/London"]}
        | _said("A name of the IANA database."),
        "unlock_ground": {"enum": list(unlocks.GROUNDS)} | _said("One of the four grounds of UK GDPR Art 18(2)."),
        "username": _pattern(operators.USERNAME, "olga"),
    }


def _pattern(pattern: re.Pattern[str] | str, example: str) -> Schema:
    spelled = pattern if isinstance(pattern, str) else pattern.pattern
    return {"pattern": f"^{spelled}$", "examples": [example]}


def _said(words: str) -> Schema:
    return {"description": words}


def _csv(line: dict[str, str]) -> str:
    return "".join(f"{','.join(values)}\r\n" for values in (line, line.values()))

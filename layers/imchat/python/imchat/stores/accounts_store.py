"""The five verbs for accounts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from imchat.identifiers import email_key, name_key, similar_name
from imchat.register.fields import LISTENERS, REFERENCE, SITE, NotPersonal, Personal, at_seconds
from imchat.register.store import Exported, Fact, Outcome, Reference, Retained, Store
from imchat.stores import verbs
from imchat.stores.accounts import ACTIVITY, CannedReply, Member, Operator, Site, partition
from imchat.stores.accounts import SITE as SETTINGS
from imchat.subjects import Subject
from imchat.values import InvalidValue


class Accounts(Store):
    """Operators: by a user name that is an email address, or by their public name, which is for staff to judge."""

    activity = ACTIVITY
    models = (Site, Operator, Member, CannedReply)
    fields = {
        "pk": SITE,
        "sk": REFERENCE,
        "site_id": SITE,
        "operator_id": REFERENCE,
        "name": Personal("Public name"),
        "username": Personal("User name"),
        "present": NotPersonal("shown with the operator it is about, as “Present until”"),
        "disabled": NotPersonal("whether the account may be used"),
        "canned_id": REFERENCE,
        **dict.fromkeys(("shortcut", "text"), NotPersonal("a text of the website")),
        **dict.fromkeys(
            (
                "origins",
                "policy_url",
                "controller_name",
                "controller_address",
                "controller_contact",
                "language",
                "languages",
                "texts",
                "opening_hours",
                "colour",
                "region",
                "period",
                "poll_interval_ms",
                "opens_per_minute",
            ),
            NotPersonal("a setting of the website"),
        ),
        "identity_nonce": NotPersonal("which secret of the website holds"),
        "listeners": LISTENERS,
    }

    def find(self, subject: Subject) -> list[Reference]:
        """As Store's."""
        found = Operator.query(partition(subject.site_id), Operator.sk.startswith("OPERATOR#"))
        return [
            Reference(self.name, one.pk, one.sk, frozenset(matched))
            for one in found
            if (matched := set(_matched(one, subject)))
        ]

    def export(self, references: Iterable[Reference], now: datetime) -> Iterator[Exported]:
        """As Store's."""
        for reference, one in _operators(references):
            facts = [Fact("Public name", one.name, given=False), Fact("User name", one.username, given=False)]
            until = Site.get(one.pk, SETTINGS).present.as_dict().get(one.operator_id)
            if until:
                facts.append(Fact("Present until", at_seconds(until), given=False))
            yield Exported(reference, "Operator", tuple(facts), None)

    def erase(self, references: Sequence[Reference], actor: str, now: datetime) -> Outcome:
        """As Store's: the account ends with its contract."""
        because = ACTIVITY.retained_because or ""
        return Outcome(retained=tuple(Retained(reference, because, None) for reference, _ in _operators(references)))


def _matched(operator: Operator, subject: Subject) -> Iterator[str]:
    try:
        if email_key(operator.username) in subject.emails:
            yield "email"
    except InvalidValue:  # a user name need not be an address
        pass
    name = name_key(operator.name)
    if name in subject.names:
        yield "name"
    elif name and similar_name(name) in subject.similar_names:
        yield "similar_name"


def _operators(references: Iterable[Reference]) -> Iterator[tuple[Reference, Operator]]:
    for batch in verbs.batches(references, verbs.READ_AT_ONCE):
        found: dict[tuple[str, str | None], Operator] = {
            (one.pk, one.sk): one for one in Operator.batch_get([(one.pk, one.sk) for one in batch])
        }
        for reference in batch:
            if (reference.pk, reference.sk) in found:
                yield reference, found[reference.pk, reference.sk]


STORE = Accounts()

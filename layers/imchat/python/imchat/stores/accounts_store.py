"""The five verbs for accounts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from imchat.identifiers import email_key, name_key, similar_name
from imchat.live.pushing import side_by_side
from imchat.register.fields import LISTENERS, REFERENCE, SITE, NotPersonal, Personal, at_seconds
from imchat.register.store import Exported, Fact, Outcome, Reference, Retained, Store
from imchat.stores import verbs
from imchat.stores.accounts import (
    ACTIVITY,
    CannedReply,
    CannedRevision,
    Member,
    Operator,
    Site,
    all_site_ids,
    partition,
    staff,
)
from imchat.stores.accounts import SITE as SETTINGS
from imchat.subjects import Account, Subject
from imchat.values import InvalidValue


class Accounts(Store):
    """Staff: by a user name that is an email address, or by their public name, which is for staff to judge."""

    activity = ACTIVITY
    models = (Site, Operator, Member, CannedReply, CannedRevision)
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
        "revision": NotPersonal("how often canned replies became more"),
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
                "requests_contact",
            ),
            NotPersonal("a setting of the website"),
        ),
        "identity_nonce": NotPersonal("which secret of the website holds"),
        "listeners": LISTENERS,
    }

    def find(self, subject: Subject) -> list[Reference]:
        """As Store's. Accounts are found by no index: each website that is searched takes a call."""
        accounts = _accounts(subject) if subject.accounts is None else subject.accounts
        return [Reference(self.name, partition(one.site_id), one.place, one.matched, one.site_id) for one in accounts]

    def export(self, references: Iterable[Reference], now: datetime) -> Iterator[Exported]:
        """As Store's."""
        for reference, one in _operators(references):
            facts = [Fact("Public name", one.name, given=False), Fact("User name", one.username, given=False)]
            until = Site.get(one.pk, SETTINGS).present.as_dict().get(_id(one))
            if until:
                facts.append(Fact("Present until", at_seconds(until), given=False))
            yield Exported(reference, "Operator" if one.sk.startswith("OPERATOR#") else "Staff", tuple(facts), None)

    def erase(self, references: Sequence[Reference], actor: str, now: datetime) -> Outcome:
        """As Store's: the account ends with its contract."""
        because, law = ACTIVITY.retained_because or "", ACTIVITY.retained_under
        kept = (Retained(reference, because, None, law) for reference, _ in _operators(references))
        return Outcome(retained=tuple(kept))


def with_accounts(subject: Subject) -> Subject:
    """The subject with the accounts that are theirs, or may be."""
    return replace(subject, accounts=_accounts(subject))


def _accounts(subject: Subject) -> tuple[Account, ...]:
    """By a user name that is the person's address, or by their name. What they did is looked for by the address and by
    a full name: one word, as many public names are, is the name of too many, and what all of them did would be
    candidates."""
    sites = all_site_ids() if subject.everywhere else [subject.site_id]
    return tuple(
        Account(
            site_id,
            one.sk,
            matched,
            acts="email" in matched or ("name" in matched and " " in str(one.name).strip()),
        )
        for site_id, everybody in zip(sites, side_by_side(staff, sites), strict=True)
        for one in everybody
        if (matched := _matched(one, subject))
    )


def _id(one: Operator | Member) -> str:
    return str(one.sk.partition("#")[2])


def _matched(one: Operator | Member, subject: Subject) -> frozenset[str]:
    matched = set()
    try:
        if email_key(str(one.username)) in subject.emails:
            matched.add("email")
    except InvalidValue:  # a user name need not be an address
        pass
    name = name_key(str(one.name)) if one.name else None
    if name in subject.names:
        matched.add("name")
    elif name and similar_name(name) in subject.similar_names:
        matched.add("similar_name")
    return frozenset(matched)


def _operators(references: Iterable[Reference]) -> Iterator[tuple[Reference, Operator]]:
    for batch in verbs.batches(references, verbs.READ_AT_ONCE):
        found: dict[tuple[str, str | None], Operator] = {
            (one.pk, one.sk): one for one in Operator.batch_get([(one.pk, one.sk) for one in batch])
        }
        for reference in batch:
            if (reference.pk, reference.sk) in found:
                yield reference, found[reference.pk, reference.sk]


STORE = Accounts()

"""Counters that end by themselves: how often something was done from one place in one window, and addresses to which
no more mail may go, or not today. What they stand for is known only as a keyed hash."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import size

from imchat import aws, clock
from imchat.clock import milliseconds, moment
from imchat.hashes import keyed
from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import NotPersonal, Personal, at_milliseconds
from imchat.register.store import Exported, Outcome, Reference, Retained, Store
from imchat.settings import settings
from imchat.stores import verbs
from imchat.stores.base import ExpiringItem, Part, Stale, delete, insist, put, update
from imchat.subjects import Subject

ACTIVITY = Activity(
    name="limits",
    title="Protection against floods",
    place=85,
    role="controller",
    purpose=(
        "To stop floods of chats, of mail and of guesses of passwords, and to send no mail to addresses that refuse it."
    ),
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): keeping the service usable",
    people="visitors who open a chat, operators who sign in, and people to whom mail is sent",
    categories=(
        "keyed hashes of IP addresses and user names, for minutes",
        "keyed hashes of addresses that refused mail",
        "on the list of our mail service (Amazon SES), addresses from which a mail came back",
        "keyed hashes of addresses that mail was sent to, for two days, with how many",
        "ids of letters, with the reference of the request that each belongs to",
    ),
    source="our own system",
    recipients=(),
    period=Period(12, "month"),
    period_starts="the refusal",
    at_most=Period(12, "month"),
    at_end="deleted",
    erasure="retained",
    retained_because="without it, mail would go to an address that refused it, or more of it than anybody wants",
    retained_under="no ground of UK GDPR Article 17(1) applies: it is needed while the mark lasts",
    recoverable=False,
)
# Why SES keeps the address itself, in a list of its own, where a mail came back for good.
LISTED_BECAUSE = "our mail service sends nothing to an address from which a mail came back"
Mail = Literal["transcript", "letter"]
# Marks of an address by what SES said of it. A bounce stops all mail. A complaint stops transcripts, which anybody can
# have sent, and never codes and letters: else one click on a stranger's transcript would take away a person's rights.
_BOUNCED, _COMPLAINED = "suppressed#", "complained#"
# Each kind of mail has a budget of its own: transcripts of strangers leave a person their codes and letters.
_MAILED: dict[Mail, str] = {"transcript": "mailed#", "letter": "lettered#"}
# How the counts of our own letters to an address begin.
LETTERS_MAILED = _MAILED["letter"]
_LETTER = "letter#"
_DAY = 86400
# No twelve months are shorter.
_NEARLY_A_YEAR = timedelta(days=365)
# Of one kind, to one address, for all websites together: more than anybody asks for, and too few to bother them with.
MAILS_A_DAY = 20
# Of one website, to addresses that had no transcript that day: more than a busy one closes chats in an hour.
FIRST_MAILS_AN_HOUR = 2_000
_HOUR = 3600


class Limit(ExpiringItem):
    """A counter or a mark."""

    TABLE = "limits"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    # When a refusal was told of (epoch ms).
    at = NumberAttribute(null=True)
    salt = UnicodeAttribute(null=True)
    mails = UnicodeSetAttribute(null=True)
    request = UnicodeAttribute(null=True)


def count_within(what: str, whose: str, *, now: datetime, seconds: int, most: int) -> Part:
    """The part of a transaction that counts one more of ``what`` by ``whose`` (a keyed hash), on condition that it
    stays within ``most`` in this window of ``seconds``."""
    window = _window(now, seconds)
    return update(
        Limit(f"{what}#{whose}#{window}"),
        [Limit.number.add(1), Limit.expires_at.set(window + 2 * seconds)],
        Limit.number.does_not_exist() | (Limit.number < most),
    )


def take_back(what: str, whose: str, *, now: datetime, seconds: int) -> Part:
    """The part of a transaction that counts one less of what was counted in the window of ``now``."""
    return update(Limit(f"{what}#{whose}#{_window(now, seconds)}"), [Limit.number.add(-1)], Limit.number > 0)


def _window(now: datetime, seconds: int) -> int:
    return int(now.timestamp()) // seconds * seconds


def seconds_left(now: datetime, seconds: int) -> int:
    """Whole seconds until the next window begins."""
    return seconds - int(now.timestamp()) % seconds


def address_hash(email_key: str) -> str:
    """What stands here for an address (its key)."""
    return keyed(aws.secret(settings().address_secret_id), email_key)


def suppress(address_hash: str, reason: str, now: datetime) -> None:
    """Send less mail to this address: none after it "bounced", no transcripts after its owner "complained". Ends as the
    register says."""
    place = _COMPLAINED if reason == "complained" else _BOUNCED
    Limit(place + address_hash, reason=reason, at=milliseconds(now), expires_at=ACTIVITY.expires_at(now)).save()


def suppressed(mail: Mail, address_hash: str, now: datetime) -> str | None:
    """Why no mail of this kind may go to this address, or None."""
    bounced = Limit.load(_BOUNCED + address_hash, now=now)
    if bounced and _stops(bounced, mail):
        return bounced.reason
    complained = Limit.load(_COMPLAINED + address_hash, now=now) if mail == "transcript" else None
    return complained.reason if complained else None


def _stops(mark: Limit, mail: Mail) -> bool:
    return mail == "transcript" or mark.reason != "complained"


def suppressions(address_hash: str, now: datetime) -> dict[Mail, Limit]:
    """The mark that stops each kind of mail to this address; nothing for a kind that may go. One call."""
    places = (Reference("limits", place + address_hash) for place in (_BOUNCED, _COMPLAINED))
    marks = [mark for _, mark in verbs.load(Limit, places, now)]
    kinds: tuple[Mail, ...] = ("letter", "transcript")
    found = {kind: next((mark for mark in marks if _stops(mark, kind)), None) for kind in kinds}
    return {kind: mark for kind, mark in found.items() if mark}


def unsuppress(address_hash: str) -> tuple[Part, Part]:
    """The parts of a transaction that take both marks from this address."""
    return delete(Limit(_BOUNCED + address_hash)), delete(Limit(_COMPLAINED + address_hash))


def marked(what: str, now: datetime) -> bool:
    """Whether ``what`` has been marked as done."""
    return Limit.load(f"done#{what}", now=now) is not None


def mark(what: str, until: datetime) -> None:
    """Mark ``what`` as done, until a moment."""
    insist(put(Limit(f"done#{what}", expires_at=int(until.timestamp()))))


def letter(ses_id: str, request: str, now: datetime) -> Part:
    """The part of a transaction that keeps which ``request`` (its reference) a letter belongs to, by the id that SES
    gave it: an answer to the letter names nothing else."""
    return put(Limit(_LETTER + ses_id, request=request, expires_at=ACTIVITY.expires_at(now)))


def requests_of_letters(ses_ids: Iterable[str], now: datetime) -> list[str]:
    """The references of the requests that letters with these ids belong to, in their order."""
    places = {_LETTER + one: None for one in ses_ids}
    found = {limit.pk: limit.request for limit in Limit.batch_get(list(places)) if limit.visible(now)} if places else {}
    return list(dict.fromkeys(found[place] for place in places if found.get(place)))


def may_mail(kind: Mail, address_hash: str, mail: str, now: datetime) -> bool:
    """Whether one mail more of this kind may go to this address today, which then is counted. ``mail`` names the mail,
    so that it counts once however often it is tried; what is kept of it is a hash."""
    return mails_today(kind, address_hash, mail, now) is not None


def mails_today(kind: Mail, address_hash: str, mail: str, now: datetime) -> int | None:
    """As may_mail: how many mails of this kind this address has today with this one, None where it may not go."""
    window, counted = _window(now, _DAY), keyed(address_hash, mail)[:16]
    few = Limit.mails.does_not_exist() | (size(Limit.mails) < MAILS_A_DAY) | Limit.mails.contains(counted)
    actions = [Limit.mails.add({counted}), Limit.expires_at.set(window + 2 * _DAY)]
    try:
        return len(Limit(f"{_MAILED[kind]}{address_hash}#{window}").change(actions, few).mails)
    except Stale:
        return None


def may_mail_first(site_id: str, address_hash: str, now: datetime) -> bool:
    """Whether one transcript more of this site may go out in this hour to an address that had none before today. An
    address counts once, however often its mail is tried."""
    window, counted = _window(now, _HOUR), keyed(address_hash, site_id)[:16]
    few = Limit.mails.does_not_exist() | (size(Limit.mails) < FIRST_MAILS_AN_HOUR) | Limit.mails.contains(counted)
    actions = [Limit.mails.add({counted}), Limit.expires_at.set(window + 2 * _HOUR)]
    try:
        Limit(f"first#{site_id}#{window}").change(actions, few)
    except Stale:
        return False
    return True


class Limits(Store):
    """Marks of addresses that refused mail, and how many mails went to one. Counters stand under hashes of IP addresses
    and user names, for two of their windows: no name, address or number leads to them."""

    activity = ACTIVITY
    models = (Limit,)
    fields = {
        "pk": NotPersonal("a keyed hash"),
        "number": NotPersonal("a count within minutes"),
        "request": NotPersonal("the reference of the request that a letter belongs to"),
        "salt": NotPersonal("a random key, for a day"),
        "reason": Personal("This address refused mail"),
        "at": Personal("When", show=at_milliseconds),
        "mails": Personal("Mails sent to this address in a day", show=lambda sent: str(len(sent))),
        "expires_at": NotPersonal("when it ends; shown as “kept until”"),
    }

    def find(self, subject: Subject) -> list[Reference]:
        """As Store's: by email. What is known of an address is known for every website."""
        now = clock.now()
        windows = [_window(now, _DAY), _window(now, _DAY) - _DAY]
        places = [
            place
            for known in map(address_hash, sorted(subject.emails))
            for place in (
                _BOUNCED + known,
                _COMPLAINED + known,
                *(f"{mailed}{known}#{window}" for mailed in _MAILED.values() for window in windows),
            )
        ]
        references = [Reference(self.name, place, matched=frozenset({"email"})) for place in places]
        return [reference for reference, _ in verbs.load(Limit, references, now)]

    def export(self, references: Iterable[Reference], now: datetime) -> Iterator[Exported]:
        """As Store's."""
        for reference, limit in verbs.load(Limit, references, now):
            yield verbs.exported(self, reference, "Sending mail to this address", limit)

    def erase(self, references: Sequence[Reference], actor: str, now: datetime) -> Outcome:
        """As Store's: without the mark, mail would be sent again. Where SES keeps the address too, that is said."""
        kept = []
        for reference, limit in verbs.load(Limit, references, now):
            until = moment(int(limit.expires_at) * 1000)
            kept.append(Retained(reference, ACTIVITY.retained_because or "", until, ACTIVITY.retained_under))
            if reference.pk.startswith(_BOUNCED) and _stops(limit, "letter"):
                because = f"on the list of Amazon SES: {LISTED_BECAUSE}"
                kept.append(Retained(reference, because, until, ACTIVITY.retained_under))
        return Outcome(retained=tuple(kept))

    def expire(self, now: datetime, time_left: Callable[[], bool]) -> Counter[str]:
        """As Store's. Our own items DynamoDB deletes; SES's list of addresses knows no end, so it gets that of our
        marks (N17). What SES puts off, the next hour does."""
        from imchat.mail import ses
        from imchat.mail.errors import PermanentMailError, TemporaryMailError

        done: Counter[str] = Counter()
        for address, since in ses.listed(now - _NEARLY_A_YEAR):
            if ACTIVITY.expires_at(since) > now.timestamp():
                continue
            if not time_left():
                done["unfinished"] = 1
                break
            try:
                ses.unlist(address)
            except PermanentMailError:  # SES does not know it; it keeps nothing from the others
                continue
            except TemporaryMailError:
                if not done:
                    raise
                break
            done["addresses_forgotten"] += 1
        return done


STORE = Limits()

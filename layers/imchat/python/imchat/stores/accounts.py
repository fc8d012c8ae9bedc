"""Sites, their operators and canned replies. One partition a site: no staff can reach another's."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.expressions.condition import Condition, size

from imchat import periods
from imchat.errors import Unavailable
from imchat.hours import Hours
from imchat.register.activity import Activity
from imchat.register.controller import Website
from imchat.stores.base import Cancelled, Item, Part, Stale, keys_only_index, put, transact, update
from imchat.stores.chats import ACTIVITY as CHATS

ACTIVITY = Activity(
    name="accounts",
    title="Accounts",
    place=80,
    role="controller",
    purpose="To run a website's chat: its settings, and who of its staff may answer.",
    # The contract is with the owner of the website, not with its operators, so Article 6(1)(b) does not carry it.
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): running the chat that the owner of the "
    "website ordered",
    people="operators",
    categories=("public names and user names of operators", "when an operator is present"),
    source="the owner of the website",
    recipients=("visitors of the website, who see an operator's public name",),
    lasts="as long as the account",
    at_end="deleted with the account",
    obligation="A user name and a public name, or nobody could sign in and answer; the name may be invented.",
    erasure="retained",
    retained_because="the contract with the owner of the website",
    retained_under="no ground of UK GDPR Article 17(1) applies: it is needed while the account is used",
)

SITE = "SITE"
_CANNED = "CANNED"
# Each round is lost only to somebody else who added.
_ADDING_ROUNDS = 20
# How the sort keys of operators and members begin.
_OPERATORS, _MEMBERS = "OPERATOR#", "STAFF#"
SITE_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
PRESENCE_SECONDS = 120
# Who may answer on a site at one time: all of them stand in one frame, of at most 128 KB. Those who were disabled do
# not count; lists that show them too come in pages.
MOST_OPERATORS = 100
OPERATORS_AT_ONCE = 500
# Connections of a site's staff: each chat that is opened begins with all of them.
MOST_LISTENERS = 200


def identity_nonce() -> str:
    """What makes another secret of a site (imchat.tokens.identity_secret)."""
    return secrets.token_hex(16)


class Site(Item):
    """A site that carries the widget. ``origins`` are compared exactly; ``period`` may only be shorter than the
    notice's; ``texts`` are its own words by language, as {"en": {"welcome": ..., "away": ...}}; ``languages`` are those
    it offers, all where absent; ``opening_hours`` are {"timezone": ..., "days": ...} as Hours takes them; ``present``
    maps an operator to the epoch second until when they count as present."""

    TABLE = "accounts"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=SITE)
    site_id = UnicodeAttribute()
    name = UnicodeAttribute()
    origins: ListAttribute[str] = ListAttribute(default=list)
    policy_url = UnicodeAttribute(null=True)
    # Who runs the website and answers for its chats (UK GDPR Art 13(1)(a)); the website's name where absent.
    controller_name = UnicodeAttribute(null=True)
    controller_address = UnicodeAttribute(null=True)
    controller_contact = UnicodeAttribute(null=True)
    language = UnicodeAttribute(default="en")
    languages: ListAttribute[str] = ListAttribute(null=True)
    texts = JSONAttribute(null=True)
    opening_hours = JSONAttribute(null=True)
    colour = UnicodeAttribute(null=True)
    # Where phone numbers without a country code belong (ISO 3166).
    region = UnicodeAttribute(default="GB")
    period = UnicodeAttribute(null=True)
    poll_interval_ms = NumberAttribute(default=3000)
    opens_per_minute = NumberAttribute(default=30)
    # Random, and no secret: its secret is made from it, and another one makes another.
    identity_nonce = UnicodeAttribute(default_for_new=identity_nonce)
    # Where data-protection requests go if the website answers them itself; absent where we answer for it.
    requests_contact = UnicodeAttribute(null=True)
    present: MapAttribute[str, Any] = MapAttribute(default=dict)
    # Connections of the site's staff, as in Chat.listeners: each chat that is opened begins with them.
    listeners = UnicodeSetAttribute(null=True)

    # All sites: of an account's items, these alone say a site_id.
    sites_index = keys_only_index("sites", "sk", "site_id", UnicodeAttribute)

    @property
    def website(self) -> Website:
        """The website, with who answers for its chats."""
        return Website(
            site_id=self.site_id,
            name=self.name,
            controller=self.controller_name or self.name,
            address=self.controller_address,
            contact=self.controller_contact,
            policy_url=self.policy_url,
        )

    def online(self, now: datetime) -> bool:
        """Whether anybody is there to answer, within the opening hours if there are any."""
        present = any(self.is_present(operator_id, now) for operator_id in self.present.as_dict())
        return present and (not self.opening_hours or self._hours().within(now))

    def is_present(self, operator_id: str, now: datetime) -> bool:
        """Whether an operator is there."""
        return bool(self.present.as_dict().get(operator_id, 0) > now.timestamp())

    def opens_at(self, now: datetime) -> datetime | None:
        """When it opens next; None while it is open, and where there are no opening hours."""
        return self._hours().next_opening(now) if self.opening_hours else None

    def _hours(self) -> Hours:
        return Hours.parse(**self.opening_hours)

    def expires_at(self, opened_at: datetime) -> int:
        """Epoch second at which a chat opened at ``opened_at`` ends: the notice's period or the site's shorter one."""
        return CHATS.expires_at(opened_at, periods.Period.parse(self.period) if self.period else None)


class Operator(Item):
    """Somebody who answers chats. ``operator_id`` is the Cognito subject; ``name`` is the public one, ``username`` the
    one to sign in by."""

    TABLE = "accounts"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    operator_id = UnicodeAttribute()
    name = UnicodeAttribute()
    username = UnicodeAttribute()
    disabled = BooleanAttribute(null=True)


class Member(Item):
    """Somebody who may act as a site's owner or at its data-protection desk, known by their Cognito subject. ``name``
    and ``username`` are as an Operator's; of those who were admitted before these were kept, they are absent."""

    TABLE = "accounts"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute(null=True)
    username = UnicodeAttribute(null=True)
    disabled = BooleanAttribute(null=True)


class CannedReply(Item):
    """A text that operators keep ready, found by its ``shortcut``."""

    TABLE = "accounts"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    canned_id = UnicodeAttribute()
    shortcut = UnicodeAttribute()
    text = UnicodeAttribute()


class CannedRevision(Item):
    """How often a site's canned replies became more: of two who add at once, only one takes the last place."""

    TABLE = "accounts"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    revision = NumberAttribute(null=True)


def partition(site_id: str) -> str:
    """The partition of a site's account."""
    return f"SITE#{site_id}"


def site_of(pk: str) -> str:
    """The site whose account's partition this is."""
    return pk.removeprefix("SITE#")


def create_site(site_id: str, *, name: str, origins: list[str], **settings: Any) -> Site:
    """Make a site; settings are Site's other attributes. Raises Stale if it exists, InvalidValue for a period that is
    longer than the notice's."""
    if settings.get("period"):
        CHATS.shortened(periods.Period.parse(settings["period"]))
    site = Site(partition(site_id), site_id=site_id, name=name, origins=origins, **settings)
    try:
        transact(put(site, Site.pk.does_not_exist()))
    except Cancelled:
        raise Stale(None) from None
    return site


def add_operator(site_id: str, operator_id: str, name: str, username: str) -> Operator:
    """Make an operator of a site."""
    operator = Operator(
        partition(site_id), f"OPERATOR#{operator_id}", operator_id=operator_id, name=name, username=username
    )
    operator.save()
    return operator


def change_site(site_id: str, settings: Mapping[str, Any]) -> Site:
    """Set settings of a site, by the names of Site's attributes; None removes one. Raises Stale if the site is gone."""
    places = [(getattr(Site, name), value) for name, value in settings.items()]
    actions = [place.remove() if value is None else place.set(value) for place, value in places]
    return Site(partition(site_id)).change(actions, Site.pk.exists())


def site(site_id: str) -> Site | None:
    """The site, or None."""
    try:
        return Site.get(partition(site_id), SITE)
    except Site.DoesNotExist:
        return None


def all_site_ids() -> list[str]:
    """The ids of all sites, in order; the index may be a moment behind."""
    return [key.site_id for key in Site.sites_index.query(SITE)]


def sites(site_ids: Iterable[str]) -> dict[str, Site]:
    """Those of the sites that there are, by id: of each, what an answer to a request says of it. A call for a
    hundred."""
    keys = [(partition(site_id), SITE) for site_id in sorted(set(site_ids))]
    columns = ["pk", "sk", "site_id", "name", "region", "requests_contact", "policy_url"]
    columns += ["controller_name", "controller_address", "controller_contact"]
    return {one.site_id: one for one in Site.batch_get(keys, attributes_to_get=columns)} if keys else {}


def website(site_id: str) -> Website | None:
    """The website of this id, whatever was sent as one; None where there is none."""
    found = site(site_id) if SITE_ID.fullmatch(site_id) else None
    return found.website if found else None


def operator(site_id: str, operator_id: str, *, disabled: bool = False) -> Operator | None:
    """The operator of this site, or None; one who was disabled is None too unless ``disabled`` asks for them. Read
    consistently: who was disabled just now is."""
    try:
        found = Operator.get(partition(site_id), f"OPERATOR#{operator_id}", consistent_read=True)
    except Operator.DoesNotExist:
        return None
    return None if found.disabled and not disabled else found


def admit(site_id: str, staff_id: str, name: str | None = None, username: str | None = None) -> None:
    """Let somebody act as owner or for data protection, as far as their groups say."""
    Member(partition(site_id), f"STAFF#{staff_id}", name=name, username=username).save()


def bar(site_id: str, staff_id: str, *, barred: bool) -> None:
    """Take that back, or give it again. Who is none of them stays none."""
    action = Member.disabled.set(True) if barred else Member.disabled.remove()
    try:
        Member(partition(site_id), f"STAFF#{staff_id}").change([action], Member.pk.exists())
    except Stale:
        pass


def admitted(site_id: str, staff_id: str) -> bool:
    """Whether they may act as owner or for data protection. Read consistently."""
    try:
        return not Member.get(partition(site_id), f"STAFF#{staff_id}", consistent_read=True).disabled
    except Member.DoesNotExist:
        return False


def operators(site_id: str, *, disabled: bool = False) -> list[Operator]:
    """All operators of a site by name, without those who were disabled unless ``disabled`` asks for them."""
    found = Operator.query(partition(site_id), Operator.sk.startswith("OPERATOR#"), consistent_read=True)
    return sorted((one for one in found if disabled or not one.disabled), key=lambda one: (one.name, one.operator_id))


def operators_page(site_id: str, start: str | None = None) -> tuple[list[Operator], str | None]:
    """A page of a site's operators, in the order of their ids, those who were disabled among them; and the id behind
    which the list goes on, None at its end. ``start`` is such an id."""
    pk = partition(site_id)
    place = {"pk": {"S": pk}, "sk": {"S": f"OPERATOR#{start}"}} if start else None
    query = Operator.query(
        pk,
        Operator.sk.startswith("OPERATOR#"),
        consistent_read=True,
        limit=OPERATORS_AT_ONCE,
        page_size=OPERATORS_AT_ONCE,
        last_evaluated_key=place,
    )
    found = list(query)
    return found, found[-1].operator_id if found and query.last_evaluated_key else None


def change_operator(
    site_id: str, operator_id: str, *, name: str | None = None, disabled: bool | None = None
) -> Operator:
    """Rename, disable or enable an operator. Raises Stale if there is no such operator on this site."""
    actions = []
    if name is not None:
        actions.append(Operator.name.set(name))
    if disabled is not None:
        actions.append(Operator.disabled.set(True) if disabled else Operator.disabled.remove())
    return Operator(partition(site_id), f"OPERATOR#{operator_id}").change(actions, Operator.pk.exists())


def public_names(site_id: str) -> dict[str, str]:
    """The public names of a site's operators by their ids, those who are disabled among them."""
    found = Operator.query(partition(site_id), Operator.sk.startswith("OPERATOR#"))
    return {one.operator_id: one.name for one in found}


def staff(site_id: str) -> list[Operator | Member]:
    """Everybody who works or worked for a site and whose account is there, also disabled: each account once, as
    operator where they are one."""
    wanted = Operator.sk.between(_OPERATORS, f"{_MEMBERS}~")
    found: dict[str, Operator | Member] = {}
    for one in Operator.query(partition(site_id), wanted, consistent_read=True):
        kind, _, staff_id = one.sk.partition("#")
        if kind + "#" == _OPERATORS:
            found[staff_id] = one
        elif kind + "#" == _MEMBERS and one.username and staff_id not in found:
            found[staff_id] = Member(one.pk, one.sk, name=one.name, username=one.username, disabled=one.disabled)
    return list(found.values())


def canned_replies(site_id: str) -> list[CannedReply]:
    """A site's canned replies, by shortcut."""
    return sorted(_canned_replies(partition(site_id)), key=lambda one: one.shortcut)


def _canned_replies(pk: str, *, consistent: bool = False) -> list[CannedReply]:
    return list(CannedReply.query(pk, CannedReply.sk.startswith(f"{_CANNED}#"), consistent_read=consistent))


def add_canned_reply(reply: CannedReply, check: Callable[[list[CannedReply]], bool], write: Part) -> None:
    """Do ``write``, which makes or changes a reply, where ``check`` of the site's replies says so; nobody else adds one
    between the two. Raises what ``check`` raises; Cancelled where the condition of the write does not hold."""
    for _ in range(_ADDING_ROUNDS):
        place = CannedRevision(reply.pk, _CANNED)
        unchanged: Condition
        try:
            revision = CannedRevision.get(reply.pk, _CANNED, consistent_read=True).revision
            unchanged = CannedRevision.revision == revision
        except CannedRevision.DoesNotExist:
            unchanged = CannedRevision.pk.does_not_exist()
        if not check(_canned_replies(reply.pk, consistent=True)):
            return
        try:
            transact(write, update(place, [CannedRevision.revision.add(1)], unchanged))
            return
        except Cancelled as cancelled:
            if any(cancelled.failed[:-1]):
                raise
    raise Unavailable


def set_presence(site_id: str, operator_id: str, present: bool, now: datetime) -> tuple[Site, Site]:
    """Say that an operator is there for the next two minutes, or has gone; the site as it was before and as it is now.
    Raises Stale if the site is gone."""
    until = int(now.timestamp()) + PRESENCE_SECONDS
    place = Site.present[operator_id]
    action = place.set(until) if present else place.remove()
    # What it was is the write's to say: of two who leave at once, only one was the last.
    before = Site(partition(site_id)).change([action], Site.pk.exists(), answer="ALL_OLD")
    after = Site(**before.attribute_values)
    others = {one: when for one, when in before.present.as_dict().items() if one != operator_id}
    after.present = MapAttribute(**others, **({operator_id: until} if present else {}))
    return before, after


def listen(site_id: str, connection: str) -> Site:
    """Have one of the staff's connections told what happens on the site; the site. Raises Stale if it is gone, or as
    many listen as may."""
    room = Site.listeners.does_not_exist() | (size(Site.listeners) < MOST_LISTENERS)
    return Site(partition(site_id)).change([Site.listeners.add({f"o:{connection}"})], Site.pk.exists() & room)


def unlisten(site_id: str, listeners: Iterable[str]) -> Site | None:
    """Tell these listeners no more; the site, if it is there."""
    try:
        return Site(partition(site_id)).change([Site.listeners.delete(set(listeners))], Site.pk.exists())
    except Stale:
        return None

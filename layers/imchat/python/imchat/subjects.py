"""Whom a search is about: what they are found by, normalised, on one website (N13)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from imchat import identifiers, text
from imchat.descriptions import Description
from imchat.errors import InvalidInput
from imchat.fields import checked


@dataclass(frozen=True)
class Account:
    """An account of the staff that is the person's, or may be: of which website, where it is stored, and by what of
    them it was found ("email", "name", "similar_name"). ``acts``: sure enough to look for what was done with it."""

    site_id: str
    place: str
    matched: frozenset[str]
    acts: bool

    @property
    def staff_id(self) -> str:
        """The id under which the member acts."""
        return self.place.partition("#")[2]


@dataclass(frozen=True)
class Subject:
    """The search keys of one person; ``site_id`` is the website whose data are searched, or, ``everywhere``, the one at
    whose desk the request for all websites is. At least one key is there. ``keys`` are ids of chats whose key the
    person has shown, ``described`` chats as they remember them. ``accounts`` are theirs where they are staff
    (accounts_store.with_accounts): what they did with others' data is about them too. Where nobody looked for accounts,
    it is None, and nothing of that kind is found."""

    site_id: str
    emails: frozenset[str]
    names: frozenset[str]
    phones: frozenset[str]
    everywhere: bool = False
    keys: frozenset[str] = frozenset()
    described: tuple[Description, ...] = ()
    accounts: tuple[Account, ...] | None = None

    def covers(self, site_id: str | None) -> bool:
        """Whether what belongs to this website is searched."""
        return self.everywhere or site_id == self.site_id

    @property
    def acting(self) -> tuple[Account, ...]:
        """The accounts by which what they did is found."""
        return tuple(one for one in self.accounts or () if one.acts)

    @property
    def acting_on(self) -> tuple[str, ...]:
        """The websites of these accounts, each once."""
        return tuple(dict.fromkeys(one.site_id for one in self.acting))

    @property
    def similar_names(self) -> frozenset[str]:
        """The keys of the names that may be the person's too: the index of names is asked by these."""
        return frozenset(map(identifiers.similar_name, self.names))

    @classmethod
    def of(
        cls,
        site_id: str,
        *,
        emails: Iterable[str] = (),
        names: Iterable[str] = (),
        phones: Iterable[str] = (),
        phone_keys: Iterable[str] = (),
        region: str = "GB",
        everywhere: bool = False,
    ) -> "Subject":
        """A person by any spelling of their addresses, names and numbers; a number without a country code belongs to
        ``region``. ``phone_keys`` are keys as an item has them. Raises InvalidInput naming the field where one is blank
        or not what it should be, or none is given: an empty search would match everybody."""
        found = cls(
            site_id,
            emails=frozenset(_key("emails", email, _email_key) for email in emails),
            names=frozenset(_key("names", name, _name_key) for name in names),
            phones=frozenset(_key("phones", phone, lambda given: _phone_key(given, region)) for phone in phones)
            | frozenset(phone_keys),
            everywhere=everywhere,
        )
        if not (found.emails or found.names or found.phones):
            raise InvalidInput("no_identifier", "Name an email address, a name or a phone number to search by.")
        return found


def _key(field: str, given: str, rule: Callable[[str], str | None]) -> str:
    key = checked(field, rule, given)
    if not key:
        raise InvalidInput("blank_identifier", "What to search by is blank.", field)
    return key


def _email_key(given: str) -> str | None:
    address = identifiers.email(given)
    return identifiers.email_key(address) if address else None


def _name_key(given: str) -> str | None:
    name = text.name(given)
    return identifiers.name_key(name) if name else None


def _phone_key(given: str, region: str) -> str | None:
    number = identifiers.phone(given, region)
    return identifiers.phone_key(number, region) if number else None

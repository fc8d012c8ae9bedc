"""What owners of websites send."""

from typing import Annotated, Literal

from msgspec import UNSET, UnsetType

from functions.forms import Address, Days, Email, Form, Name, Next, ruled

Language = Annotated[str, ruled("language")]
SiteText = Annotated[str, ruled("site_text")]


class Texts(Form):
    """A site's own words in one language; blank or absent where the widget's will do."""

    welcome: SiteText | None = None
    away: SiteText | None = None


class OpeningHours(Form):
    """The spans of each day, as {"mon": [["09:00", "17:00"]]}."""

    timezone: Annotated[str, ruled("timezone")]
    days: Annotated[dict[str, list[list[str]]], ruled("opening_days")]


class SiteSettings(Form):
    """Settings of a site: null clears, absent leaves."""

    name: Name | UnsetType = UNSET
    origins: Annotated[list[str], ruled("origins")] | UnsetType = UNSET
    policy_url: Address | None | UnsetType = UNSET
    controller_name: Name | None | UnsetType = UNSET
    controller_address: Annotated[str, ruled("postal_address")] | None | UnsetType = UNSET
    controller_contact: Annotated[str, ruled("contact")] | None | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    languages: Annotated[list[Language], ruled("languages")] | None | UnsetType = UNSET
    colour: Annotated[str, ruled("colour")] | None | UnsetType = UNSET
    region: Annotated[str, ruled("region")] | UnsetType = UNSET
    period: Annotated[str, ruled("period")] | None | UnsetType = UNSET
    texts: Annotated[dict[str, Texts], ruled("site_texts")] | UnsetType = UNSET
    opening_hours: OpeningHours | None | UnsetType = UNSET
    requests_contact: Email | None | UnsetType = UNSET


class Invite(Form):
    """Whom to let answer."""

    username: Annotated[str, ruled("username")]
    name: Name


class OperatorChange(Form):
    """Of an operator; absent leaves."""

    name: Name | None = None
    disabled: bool | None = None


class Counts(Days):
    """Which days, and in which form."""

    format: Literal["json", "csv"] = "json"
    next: Next = ""

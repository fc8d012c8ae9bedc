"""Who somebody says they are: every field may be blank or invented (N4); what is given gets its search key."""

from dataclasses import dataclass

from imchat import identifiers, text
from imchat.fields import checked


@dataclass(frozen=True)
class Details:
    """Name, email and phone as given, each with the normalised key that finds it; None where blank."""

    name: str | None
    email: str | None
    phone: str | None
    name_key: str | None
    email_key: str | None
    phone_key: str | None

    @classmethod
    def of(cls, name: str | None, email: str | None, phone: str | None, region: str) -> "Details":
        """Checked details. ``region`` is where a number without a country code belongs. Raises InvalidInput."""
        name = checked("name", text.name, name) if name is not None else None
        email = checked("email", identifiers.email, email) if email is not None else None
        phone = checked("phone", identifiers.phone, phone, region) if phone is not None else None
        return cls(
            name=name,
            email=email,
            phone=phone,
            name_key=identifiers.name_key(name) if name else None,
            email_key=identifiers.email_key(email) if email else None,
            phone_key=checked("phone", identifiers.phone_key, phone, region) if phone else None,
        )

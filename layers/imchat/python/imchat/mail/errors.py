"""What sending mail, and hearing back about it, may raise.

MailError
├── TemporaryMailError      the same mail may go out later: throttling, failures and pauses of SES, a lost connection,
│                           and whatever is wrong with our account or setup, for that is never the address's fault
├── PermanentMailError      this mail, to this address, will never go out: trying again changes nothing
└── MalformedFeedback       what should be an event of SES is none

``reason`` is a word or SES's code for the error. Neither it nor the exception's text holds an address, a name, or
anything else of what was sent or received.
"""


class MailError(Exception):
    """Base of the tree."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TemporaryMailError(MailError):
    """Try again later; when it keeps failing, people have to be told, not the visitor."""


class PermanentMailError(MailError):
    """Do not try again."""


class MalformedFeedback(MailError):
    """Not an event that SES publishes."""

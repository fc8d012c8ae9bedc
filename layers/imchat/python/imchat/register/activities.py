"""The activities. A period stands here and nowhere else."""

from imchat.periods import Period
from imchat.register.activity import Activity

CHATS = Activity(
    name="chats",
    title="Chats",
    purpose="To answer people who write to a website through the chat, to send them a copy of it, and to have evidence "
    "of what was said.",
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): answering those who ask",
    categories=(
        "name, email address and phone number, as far as given",
        "what was said, with card numbers masked",
        "IP address, country and kind of browser",
        "language, time zone and the page on which the chat was opened",
        "rating and comment, if given",
    ),
    source="the person, when opening the chat and writing in it, and their browser; the website, where it vouches for "
    "a customer who is logged in",
    recipients=("the operators of the website on which the chat was opened",),
    period=Period(12, "month"),
    period_starts="the opening of the chat",
    at_end="deleted in its entirety",
    erasure="erased",
    promises=(3, 4, 6, 7, 17, 18, 22),
)

EVIDENCE = Activity(
    name="evidence",
    title="System log",
    purpose="To show who used the chat, and when: opening, closing, copies, corrections and deletions, and every view "
    "of a chat by staff.",
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): evidence of use",
    categories=(
        "name and email address, as far as given",
        "what a corrected name, email address or phone number was before",
        "what was done, by whom and when",
    ),
    source="our own system",
    recipients=("data-protection staff",),
    period=Period(12, "month"),
    period_starts="the entry in the log",
    at_end="deleted",
    erasure="retained",
    retained_because="evidence of use",
    promises=(14, 19),
)

STATISTICS = Activity(
    name="statistics",
    title="Statistics",
    purpose="To know how many chats there are, how long people wait, and how they rate them.",
    lawful_basis="None needed: no personal data",
    categories=(),
    source="counts of chats, by website and day",
    recipients=("the owner of the website",),
    period=None,
    period_starts="",
    at_end="kept, for no count stands for anybody",
    erasure="retained",
    promises=(20,),
)

ACCOUNTS = Activity(
    name="accounts",
    title="Accounts",
    purpose="To run a website's chat: its settings, and who of its staff may answer.",
    lawful_basis="Contract with the owner of the website (UK GDPR Article 6(1)(b))",
    categories=("public names of operators", "when an operator is present"),
    source="the owner of the website",
    recipients=("visitors of the website, who see an operator's public name",),
    period=None,
    period_starts="",
    lasts="as long as the account",
    at_end="deleted with the account",
    erasure="retained",
    retained_because="the contract with the owner of the website",
)

LIMITS = Activity(
    name="limits",
    title="Protection against floods",
    purpose="To stop floods of chats, and to send no mail to addresses that refuse it.",
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): keeping the service usable",
    categories=("keyed hashes of IP addresses, for minutes", "keyed hashes of addresses that refused mail"),
    source="our own system",
    recipients=(),
    period=Period(12, "month"),
    period_starts="the refusal",
    at_end="deleted",
    erasure="retained",
    retained_because="an address that refused mail must be known in order to send it none",
)

ACTIVITIES = (CHATS, EVIDENCE, STATISTICS, ACCOUNTS, LIMITS)

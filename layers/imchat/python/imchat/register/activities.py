"""The activities. A period stands here and nowhere else."""

from imchat.periods import Period
from imchat.register.activity import Activity

CHATS = Activity(
    name="chats",
    purpose="To answer people who write to a site through the chat, to send them a copy, and to have evidence of what "
    "was said.",
    lawful_basis="Legitimate interests (UK GDPR Art 6(1)(f)): answering those who ask",
    categories=(
        "name, email address and phone number, as far as given",
        "what was said",
        "IP address, country and browser family",
        "rating and comment",
    ),
    source="the person, when opening the chat and writing in it; their browser",
    recipients=("the operators of the site on which the chat was opened",),
    period=Period(12, "month"),
    period_starts="the opening of the chat",
    at_end="deleted in its entirety",
    erasure="erased",
    promises=(3, 4, 6, 7, 17, 18),
)

EVIDENCE = Activity(
    name="evidence",
    purpose="To show who used what, and when: opening, closing, copies, corrections and deletions of chats, and every "
    "view of one by staff.",
    lawful_basis="Legitimate interests (UK GDPR Art 6(1)(f)): evidence of use",
    categories=("name, email address and phone number, as far as given", "what was done, by whom and when"),
    source="our own system",
    recipients=("data-protection staff",),
    period=Period(12, "month"),
    period_starts="the entry",
    at_end="deleted",
    erasure="retained",
    retained_because="evidence of use",
    promises=(14, 19),
)

STATISTICS = Activity(
    name="statistics",
    purpose="To know how many chats there are, how long people wait and how they rate them.",
    lawful_basis="No personal data",
    categories=(),
    source="counts of chats, by site and day",
    recipients=("the owner of the site",),
    period=None,
    period_starts="-",
    at_end="kept: no count stands for anybody",
    erasure="retained",
    promises=(20,),
)

ACCOUNTS = Activity(
    name="accounts",
    purpose="To run a site's chat: its settings, and who of its staff may answer.",
    lawful_basis="Contract with the owner of the site (UK GDPR Art 6(1)(b))",
    categories=("public names of operators", "when an operator is present"),
    source="the owner of the site",
    recipients=("visitors of the site see an operator's public name",),
    period=None,
    period_starts="-",
    lasts="as long as the account",
    at_end="deleted with the account",
    erasure="retained",
    retained_because="the contract with the owner of the site",
)

LIMITS = Activity(
    name="limits",
    purpose="To stop floods of chats, and mail to addresses that refuse it.",
    lawful_basis="Legitimate interests (UK GDPR Art 6(1)(f)): keeping the service usable",
    categories=("keyed hashes of IP addresses, for minutes", "keyed hashes of addresses that refused mail"),
    source="our own system",
    recipients=(),
    period=Period(12, "month"),
    period_starts="the refusal; minutes for IP addresses",
    at_end="deleted",
    erasure="retained",
    retained_because="an address that refused mail must be remembered in order to send it none",
)

ACTIVITIES = (CHATS, EVIDENCE, STATISTICS, ACCOUNTS, LIMITS)

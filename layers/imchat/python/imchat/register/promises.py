"""What the published notice promises, numbered as everywhere (N1 to N24). The tests that prove a promise carry its
number; ``make promises`` brings both together."""

PROMISES = {
    1: "Statistics of visits to websites identify nobody.",
    2: "We say openly what is collected, why and for how long, before anything is asked.",
    3: "Basic information is gathered from the IP address, which is kept against abuse to the end of the day after the "
    "chat ended; the country is kept with the chat and no longer.",
    4: "Name and email are optional; anonymous or invented details will do.",
    5: "On somebody else's website, who answers for its chats and its own policy are shown beside ours.",
    6: "A copy of the transcript goes to the address given for the chat, once an operator wrote, and to no other.",
    7: "Without contact details there is no copy by mail, then or later; the chat is found by its key alone, or judged "
    "by two people from its website, day, time and words.",
    8: "What is shared on social media stays with those companies; nothing of it is stored here.",
    9: "Details given in calls are kept for the query, and shared with nobody but where the law requires it.",
    10: "Emails are kept for two years.",
    11: "Calls and emails are linked to the chat that they belong to.",
    12: "A request is answered with what we hold, why, who it could be disclosed to, and a readable copy.",
    13: "To find data we need a name or email, and proof of identity; without proof nothing is given.",
    14: "Mistakes are corrected on request; of a number that was corrected, only a keyed hash stays.",
    15: "Beside those who work for us, data are disclosed only where the law requires it, and that is recorded.",
    16: "Data are never sold, used for advertising, or put on a mailing list.",
    17: "Chats with name, phone, email and IP address are kept for twelve months at most.",
    18: "A chat is deleted earlier, in its entirety, when the visitor or the operator asks for it.",
    19: "Name and email stay in the system log for twelve months from each of the person's own acts, no later, and no "
    "sooner unless their interests outweigh ours or a court or the Commissioner orders otherwise: evidence of use.",
    20: "What is kept for statistics is anonymous.",
    21: "Records of purchases are kept as the tax authority requires, and cannot be removed before.",
    22: "Card numbers are never kept.",
    23: "The notice says what changed and when, how to reach us, and what is stored on your device.",
    24: "The chat is free, works in every current browser, and nothing is installed.",
}

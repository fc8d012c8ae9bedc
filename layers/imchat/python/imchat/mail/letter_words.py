"""The words of the letters about rights requests: for each, what stands in the subject, and its blocks."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING

from imchat.register.stores import activities
from imchat.stores.requests import GROUNDS, NUMBER, PAUSABLE, RESTRICTION

if TYPE_CHECKING:
    from imchat.mail.letters import Done, Kept, Letter

# A block is its kind and its lines: "say" a paragraph, "code" a code in large, "quote" words of the staff, "list" a
# list, "link" an address.
Block = tuple[str, tuple[str, ...]]
_ASKED = {
    "access": "what we hold about you",
    "portability": "your data in a form that you can take elsewhere",
    "rectification": "a correction of your data",
    "erasure": "the deletion of your data",
    "restriction": "that we restrict how your data are used",
    "objection": "that we stop using your data",
    "complaint": "our answer to your complaint",
}
SUBJECTS = {
    "acknowledgement": "we have it",
    "code": "your code",
    "proof_refused": "we need another proof",
    "question": "a question",
    "inquiry": "a question",
    "answer_elsewhere": "the answer goes to another address",
    "progress": "how your complaint stands",
    "extended": "it takes longer",
    "refused": "we cannot do this",
    "no_proof": "closed without proof",
    "ready": "your copy is ready",
    "nothing_held": "we have nothing to give you",
    "erased": "deleted",
    "rectified": "corrected",
    "restricted": "restricted",
    "objection_upheld": "done as you asked",
    "objection_overruled": "our decision",
    "restriction_lifted": "a restriction ends",
    "answered": "our answer",
    "withdrawn": "withdrawn",
    "passed_on": "passed on to you",
}
COURT = (
    "If you think that this is wrong, please tell us first: we look at it again. You can also complain to the "
    "Information Commissioner's Office (the address is below), and you can go to a court."
)
_OTHER_PROOF = (
    "What helps is, for instance, a copy of a passport, a driving licence or an identity card with everything blacked "
    "out but your name, your picture and the date until which it is valid. We delete it once we have looked at it."
)


# After the outcome of a complaint there is nobody left to complain to but these.
_COMMISSIONER_AND_COURT = (
    "If you are not content with this outcome, you can complain to the Information Commissioner's Office (the address "
    "is below), and you can go to a court."
)


def ends_complaint(letter: "Letter") -> bool:
    """Whether the letter tells what came of a complaint."""
    return letter.kind == "complaint" and letter.what in ("answered", "refused")


def opening(letter: "Letter") -> Iterable[Block]:
    """What a letter to an answer address begins with."""
    if letter.redirected:
        yield _say(
            "We were asked to answer this request at this address, and were shown that we may. Where this letter says "
            "“you”, it means the person whose data the request is about."
        )


def _say(*sentences: str) -> Block:
    return "say", (" ".join(sentences),)


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "then"


def _acknowledgement(letter: "Letter") -> Iterable[Block]:
    if letter.kind == "complaint":
        yield _say("Your complaint is here. You need not prove who you are, and it costs you nothing.")
        yield _say(
            "A person of our staff looks into it now. We write to you how it goes, and you get our answer to your "
            "complaint without undue delay. You can add to it at any time: answer this letter, and name the reference."
        )
        return
    yield _say(f"Your request is here. You asked for {_ASKED[letter.kind]}.")
    if letter.code:
        yield _say(
            "So that nobody but you gets an answer, please prove that this address is yours. This code does it, within "
            f"{letter.minutes} minutes:"
        )
        yield "code", (letter.code,)
        yield _say("Enter it on this page, where you can also ask for a new one:")
        yield "link", (str(letter.link),)
        yield _say(_no_proof_comes(letter))
    elif letter.proof_wanted:
        yield _say(
            "So that nobody but you gets an answer, we have to make sure that it is you who asks. We will write to you "
            "about how.",
            _no_proof_comes(letter),
        )
    since = " of your proof" if letter.proof_wanted and not letter.due else ""
    yield _say(
        f"What happens next: we answer within one month{since}. If your "
        "request is complex, or one of many that you make, it may take two months longer, and we tell you so within "
        "the first. It costs you nothing."
    )
    if letter.proof_wanted:
        yield _say("If you did not ask for this, you need not do anything: without proof nothing is given to anybody.")


def _no_proof_comes(letter: "Letter") -> str:
    by = f"before {_day(letter.proof_by)}" if letter.proof_by else "within 30 days"
    return f"If no proof comes {by}, we have to close the request without an answer."


def _code(letter: "Letter") -> Iterable[Block]:
    purpose = "prove that this address is yours" if letter.proof_wanted else "fetch your copy"
    yield _say(f"With this code you can {purpose}, within {letter.minutes} minutes:")
    yield "code", (str(letter.code),)
    yield _say("Enter it on this page:")
    yield "link", (str(letter.link),)
    yield _say("If you did not ask for a code, ignore this mail: without the code nobody gets anything.")


def _proof_refused(letter: "Letter") -> Iterable[Block]:
    yield _say("What we got from you does not show clearly enough that it is you who asks, so we could not go on.")
    yield _say("Please send us another proof.", _OTHER_PROOF)
    yield _say("Nothing has been searched, and nothing has been given to anybody.", _no_proof_comes(letter))


def _question(letter: "Letter") -> Iterable[Block]:
    if letter.kind not in PAUSABLE:
        yield from _inquiry(letter)
        return
    yield _say("To find your data we need to know something more:")
    yield "quote", (str(letter.because),)
    yield _say("Please answer this mail. The time that the law gives us stands still until you do, and then goes on.")


def _inquiry(letter: "Letter") -> Iterable[Block]:
    yield _say("We have a question about your request:")
    yield "quote", (str(letter.because),)
    yield _say("Please answer this mail. We go on with your request meanwhile.")


def _extended(letter: "Letter") -> Iterable[Block]:
    yield _say(f"Your request takes us longer than a month. You get our answer by {_day(letter.due)}, because:")
    yield "quote", (str(letter.because),)
    allows = "where somebody makes many requests" if letter.extended_for == NUMBER else "for complex requests"
    yield _say(f"The law allows this {allows}.")
    yield _say(COURT)


def _answer_elsewhere(letter: "Letter") -> Iterable[Block]:
    by_name = f" to {letter.answer_name}" if letter.answer_name else ""
    way = "by post" if letter.by_post else "by mail"
    yield _say(
        f"We were asked to send the answer to this request{by_name}, {way}, and not to this address. We were shown "
        "evidence that this is wanted, and a second person of our staff has looked at it."
    )
    yield _say("Nothing is searched by the other address, and no code goes there.")
    yield _say("If you do not want this, answer this letter at once, and name the reference.")


def _progress(letter: "Letter") -> Iterable[Block]:
    yield _say("You complained to us. We are still looking into it, and this is how it stands:")
    yield "quote", (str(letter.because),)
    yield _say("We write to you again, at the latest in 30 days, and tell you without undue delay what came of it.")


def _refused(letter: "Letter") -> Iterable[Block]:
    if letter.kind == "complaint":
        yield from _outcome(letter)
        return
    yield _say(f"You asked for {_ASKED[letter.kind]}. We do not do this, because:")
    yield "quote", (str(letter.because),)
    yield _say(COURT)


def _no_proof(letter: "Letter") -> Iterable[Block]:
    yield _say(
        f"You asked us on {_day(letter.asked_on)}. Until today nothing came that shows that it is you who asks, so we "
        "have to refuse the request: we must not give anybody's data to somebody else."
    )
    yield _say("Nothing has been searched, and nothing has been given to anybody. You can ask again at any time.")
    yield _say(
        "Our computer decided this, by the date alone. If you think that it is wrong, or if you did send something, "
        "answer this letter and say why: then one of us, and no computer, looks at it again, and can decide otherwise "
        "(UK GDPR Articles 22A to 22C)."
    )
    yield _say(COURT)


def _outcome(letter: "Letter") -> Iterable[Block]:
    yield _say("You complained to us. We have looked into it, and this is what came of it:")
    yield "quote", (str(letter.because),)
    yield _say(_COMMISSIONER_AND_COURT)


def _ready(letter: "Letter") -> Iterable[Block]:
    if letter.redirected:
        yield _say(
            "Your copy is ready, and comes with this letter. It is one file that holds everything: open it and begin "
            "with “index”, or with its README."
        )
        yield _say(f"We delete our copy of it after {_day(letter.until)}.")
        return
    yield _say("Your copy is ready. You can fetch it here:")
    yield "link", (str(letter.link),)
    yield _say(
        "The page asks for a code: press “Send me a code” there, and it comes to this address. So nobody can fetch "
        "your copy who does not read your mail."
    )
    yield _say(
        "It is one file that holds everything: open it and begin with “index”. It tells what we hold, why, for how "
        "long and who could see it, with a copy of all of it."
        if letter.kind == "access"
        else "It is one file with what you gave us, in forms that other programs can read; its README tells which."
    )
    yield _say(f"You can fetch it until {_day(letter.until)}; then we delete our copy of it.")
    # In every such letter, so that nobody learns from it whether anything is left out.
    yield _say("The copy says what is left out of it, if anything, and why.", COURT)


def _nothing_held(letter: "Letter") -> Iterable[Block]:
    # True also where something was found of which the law prohibits telling.
    yield _say(
        "We have searched by what you gave us. Beside this request, our letters about it and the records of both, we "
        "have nothing about you that we can give you. These are the places we searched:"
    )
    yield "list", tuple(one.title for one in activities() if one.categories)
    yield _say(
        "A chat in which you left no name or address is not found by these. Tell us on which website it was, on which "
        "day and at what time, and words that you wrote in it; then we look for it. All chats are deleted after twelve "
        "months at the latest."
    )
    if letter.put_aside:
        yield _say(_PUT_ASIDE)
    yield _say("If you used another address or name, ask again with that one, and we search for it too.")
    yield _say(COURT)


_PUT_ASIDE = (
    "There are records that share something with what you gave us, such as the name, but nothing shows that they are "
    "yours, so we left them as they are. If you can tell us more, for instance another address that you used, we look "
    "again."
)


def _receipt(opening: str, done: str, not_done: str) -> "Callable[[Letter], Iterable[Block]]":
    def blocks(letter: "Letter") -> Iterable[Block]:
        yield _say(f"You asked for {_ASKED[letter.kind]}. {opening}")
        under = GROUNDS.get(letter.ground or "")
        lines = tuple(_line(one, done, under, not_done) for one in letter.done if one.changed or one.kept)
        if lines:
            yield "list", lines
        elif not letter.put_aside:
            yield _say("We found nothing about you that this could be done with.")
        if letter.put_aside:
            yield _say(_PUT_ASIDE)
        if letter.not_done:
            yield _say("This we did not do:")
            yield "quote", (letter.not_done,)
        restricted = letter.what == "restricted" or letter.decision == RESTRICTION
        if restricted and any(one.changed for one in letter.done):
            yield _say(
                "What is restricted stays stored. Nobody of our staff can see or use it, unless two people unlock "
                "something for a reason that the law names (UK GDPR Art 18(2)). Before that ends, we tell you."
            )
        if letter.recipients:
            yield _say("Some of it had been given to others, because the law required it. We tell them too:")
            yield "list", letter.recipients
        if letter.put_aside or letter.not_done or any(one.kept for one in letter.done):
            yield _say(COURT)

    return blocks


def _line(done: "Done", what: str, under: str | None, not_done: str) -> str:
    changed = f"{done.changed} {what}{f' ({under})' if under else ''}" if done.changed else ""
    kept = (_kept(one, not_done) for one in done.kept)
    return f"{done.title}: {', '.join(part for part in (changed, '; '.join(kept)) if part)}"


def _kept(kept: "Kept", not_done: str) -> str:
    until = f" until {_day(kept.until)}" if kept.until else ""
    return f"{kept.number} {not_done}{until} ({kept.why}{f'; {kept.law}' if kept.law else ''})"


def _overruled(letter: "Letter") -> Iterable[Block]:
    yield _say("You objected to our using your data. We have weighed it, and go on using them, because:")
    yield "quote", (str(letter.because),)
    yield _say(COURT)


def _lifted(letter: "Letter") -> Iterable[Block]:
    yield _say("Until now nobody who answers chats could read or use your data, as you asked. This is about to end.")
    if letter.because:
        yield "quote", (letter.because,)
    yield _say(COURT)


def _answered(letter: "Letter") -> Iterable[Block]:
    if letter.kind == "complaint":
        yield from _outcome(letter)
        return
    yield _say(f"You asked for {_ASKED[letter.kind]}. This is our answer:")
    yield "quote", (str(letter.because),)
    yield _say(COURT)


def _withdrawn(_: "Letter") -> Iterable[Block]:
    yield _say("We have closed your request, as you wished. You can ask again at any time.")


def _passed_on(letter: "Letter") -> Iterable[Block]:
    yield _say(
        f"On {_day(letter.asked_on)} somebody made a data-protection request that concerns the chat on your website. "
        "You answer such requests yourself, so we pass it on to you (UK GDPR Article 28(3)(e)). Your time to answer "
        "runs from that day."
    )
    yield _say("They have proved who they are to us. They are to be found by:")
    yield "list", letter.searched_by
    yield _say(f"They asked for this: {_ASKED[letter.kind]}. What we answer ourselves holds nothing of your website's.")
    yield _say("Please answer them yourself. We have told them that you do, and where you can be reached.")


BODIES: "dict[str, Callable[[Letter], Iterable[Block]]]" = {
    "acknowledgement": _acknowledgement,
    "code": _code,
    "proof_refused": _proof_refused,
    "question": _question,
    "inquiry": _inquiry,
    "answer_elsewhere": _answer_elsewhere,
    "progress": _progress,
    "extended": _extended,
    "refused": _refused,
    "no_proof": _no_proof,
    "ready": _ready,
    "nothing_held": _nothing_held,
    "erased": _receipt("This is what became of it, by kind of data:", "deleted", "kept"),
    "rectified": _receipt("This is what became of it, by kind of data:", "corrected", "not corrected"),
    "restricted": _receipt("This is what became of it, by kind of data:", "restricted", "not restricted, and kept"),
    "objection_upheld": _receipt(
        "We do as you wish. This is what became of your data:", "done as you wished", "left as it was"
    ),
    "objection_overruled": _overruled,
    "restriction_lifted": _lifted,
    "answered": _answered,
    "withdrawn": _withdrawn,
    "passed_on": _passed_on,
}

"""What happens on a site: people come and go, write, call, buy, ask; each act is done through the product and noted in
the model."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from imchat import aws, clock, references
from imchat.chat.closing import close
from imchat.chat.correcting import correct
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.chat.rating import rate
from imchat.chat.sending import send
from imchat.desk import calls, disclosures, mails, purchases
from imchat.subjects import Subject
from imchat.visits.counting import count_visit
from tests.adapters.worlds import ORIGIN, World
from tests.held import certain, erase, search
from tests.year.model import KnownChat, Model, months, purchase_ends
from tests.year.tables import bucket

BEGIN = datetime(2096, 1, 31, tzinfo=UTC)  # a leap year, and a day that not every month has
PEOPLE = 250
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
BOT = "Googlebot/2.1 (+http://www.google.com/bot.html)"


class Life:
    """One site, its people, and chance."""

    def __init__(self, site: World, seed: int) -> None:
        self.site, self.chance, self.model = site, random.Random(seed), Model()
        self.now = BEGIN
        self.number = 0
        # How often on a day, on average.
        self.acts: dict[Callable[[], None], float] = {
            self.open: 0.9, self.say: 0.4, self.close: 0.5, self.rate: 0.2, self.correct: 0.15, self.delete: 0.15,
            self.call: 0.15, self.mail: 0.2, self.buy: 0.1, self.hold: 0.02, self.disclose: 0.03, self.erase: 0.03,
            self.visit: 1.0,
        }  # fmt: skip

    def day(self) -> None:
        """A day's acts, each at its own second."""
        acts = [act for act, often in self.acts.items() for _ in range(self._times(often))]
        self.chance.shuffle(acts)
        seconds = sorted(self.chance.sample(range(86_400), len(acts)))
        begin = self.now
        for act, second in zip(acts, seconds, strict=True):
            self._at(begin + timedelta(seconds=second))
            act()
        self._at(begin + timedelta(days=1))

    def _at(self, now: datetime) -> None:
        self.now = now
        clock.now = lambda: now

    def _times(self, often: float) -> int:
        return sum(self.chance.random() < often / 3 for _ in range(3))

    def _person(self) -> tuple[str, str]:
        number = self.chance.randrange(PEOPLE)
        return f"Person {number}", f"person{number}@example.org"

    def _new(self, what: str) -> str:
        self.number += 1
        return f"{what}{self.number}"

    def _chat(self, *statuses: str) -> str | None:
        """Any chat that its visitor can still reach."""
        known = [key for key, chat in self.model.chats.items() if chat.status in statuses and chat.ends > self.now]
        return self.chance.choice(known) if known else None

    def open(self) -> None:
        name, email = self._person() if self.chance.random() < 0.6 else (None, None)
        chat = self.site.open(self.now, name=name, email=email, text="Hello", client_id=self._new("c"))
        self.model.chats[chat.pk] = KnownChat(self.now, months(self.now, 12), name, email, messages=1)
        self.model.log(chat.pk, "open", self.now)

    def say(self) -> None:
        chat = self._chat("open")
        for _ in range(self.chance.choice([1, 1, 2, 3, 3, 26]) if chat else 0):
            by = Author(self.site.site_id) if self.chance.random() < 0.5 else Author(
                self.site.site_id, "operator", self.site.operator, "Olga"
            )  # fmt: skip
            post(chat or "", by, "something", self._new("c"), self.now)
            self.model.chats[chat or ""].messages += 1

    def close(self) -> None:
        chat_id = self._chat("open")
        if not chat_id:
            return
        chat = close(chat_id, self.site.site_id, "visitor", self.now)
        self.model.chats[chat_id].status = "closed"
        self.model.outcomes["closed"] += 1
        self.model.log(chat_id, "close", self.now)
        if chat.transcript == "queued":
            assert send(chat_id, int(chat.transcript_job), self.now, last=False) == "sent"
            self.model.log(chat_id, "transcript_sent", self.now)

    def rate(self) -> None:
        chat_id = self._chat("open", "closed")
        if chat_id:
            score = self.chance.randint(1, 5)
            before = getattr(self.model.chats[chat_id], "score", None)
            rate(chat_id, self.site.site_id, score, None, self.now)
            self.model.ratings.update({score: 1})
            if before:
                self.model.ratings.subtract({before: 1})
            self.model.chats[chat_id].score = score  # type: ignore[attr-defined]

    def correct(self) -> None:
        chat_id = self._chat("open", "closed")
        if chat_id:
            name, email = self._person()
            known = self.model.chats[chat_id]
            if (known.name, known.email) != (name, email):
                self.model.log(chat_id, "correct", self.now)
            for field, before, after in (("name", known.name, name), ("email", known.email, email)):
                if before and before != after:
                    self.model.marks[chat_id, field] = known.ends
            correct(chat_id, self.site.site_id, {"name": name, "email": email}, self.now)
            known.name, known.email = name, email

    def delete(self) -> None:
        chat_id = self._chat("open", "closed")
        if chat_id:
            delete(chat_id, self.site.site_id, "visitor", self.now)
            self._deleted(chat_id)

    def _deleted(self, chat_id: str) -> None:
        chat = self.model.chats.pop(chat_id)
        if chat.status == "open":
            self.model.outcomes["deleted"] += 1
        self.model.log(chat_id, "delete", self.now)
        self.model.ledger.append(chat.ends)

    def call(self) -> None:
        name, email = self._person()
        made = calls.record_call(
            self.site.site_id, "priya", about="A question", at=None, name=name, email=email, phone=None,
            chat_id=self._chat("open", "closed"), now=self.now,
        )  # fmt: skip
        self.model.records["correspondence"][made.pk] = months(self.now, 24)
        self.model.log(f"correspondence#{made.pk}", "record", self.now)

    def mail(self) -> None:
        name, email = self._person()
        message = EmailMessage()
        message["From"], message["Subject"] = f"{name} <{email}>", "A question"
        privacy, machine = self.chance.random() < 0.3, self.chance.random() < 0.2
        message["To"] = "dataprotection@imsupporting.com" if privacy else "support@imsupporting.com"
        if machine:
            message["Auto-Submitted"] = "auto-replied"
        message.set_content("What do you hold about me?")
        files = self.chance.choice([0, 0, 1, 2])
        for number in range(files):
            message.add_attachment(b"scan", maintype="image", subtype="png", filename=f"{name} {number}.png")
        raw = bytes(message)
        if self.chance.random() < 0.1:
            raw, files, privacy = self.chance.randbytes(200), 1, False
        key = self._new("mail")
        aws.client("s3").put_object(Bucket=bucket("inbound"), Key=key, Body=raw)
        before = {one["pk"] for one in _keys()}
        outcome = mails.take_in(key, self.now)
        assert mails.take_in(key, self.now) == "gone"
        (pk,) = {one["pk"] for one in _keys()} - before
        self.model.records["correspondence"][pk] = months(self.now, 24)
        self.model.files[pk] = files
        self.model.log(f"correspondence#{pk}", "receive", self.now)
        assert outcome == ("candidate" if privacy and not machine else "kept")
        if outcome == "candidate":
            self.model.records["requests"][references.short(pk)] = months(self.now, 24)

    def buy(self) -> None:
        name, email = self._person()
        bought_on = (self.now - timedelta(days=self.chance.choice([0, 1, 40, 2400]))).date()
        sale = purchases.Sale(
            name=name, email=email, address="1 High Street", what="Gold", amount="49.00", currency="GBP",
            bought_on=bought_on.isoformat(), processor="paypal", processor_reference=self._new("PP-x"),
        )  # fmt: skip
        if purchase_ends(bought_on) <= self.now:
            return
        made = purchases.record_purchase(self.site.site_id, "priya", sale, self.now)
        self.model.records["purchases"][made.pk] = purchase_ends(bought_on)
        if email:
            self.model.addressed.add(made.pk)
        self.model.log(f"purchases#{made.pk}", "record", self.now)

    def hold(self) -> None:
        known = [key for key, ends in self.model.records["purchases"].items() if ends > self.now]
        if known:
            pk = self.chance.choice(known)
            until = (self.now + timedelta(days=self.chance.choice([10, 300, 3000]))).date()
            made = purchases.hold(
                pk, self.site.site_id, "priya", until=until.isoformat(), because="audit", now=self.now
            )
            end_of_day = datetime(until.year, until.month, until.day, tzinfo=UTC) + timedelta(days=1)
            by_law = datetime.fromtimestamp(int(made.period_ends), UTC)
            self.model.records["purchases"][pk] = max(by_law, end_of_day)
            self.model.log(f"purchases#{pk}", "hold", self.now)

    def disclose(self) -> None:
        name, email = self._person()
        hidden = self.chance.random() < 0.3
        made = disclosures.propose(
            self.site.site_id, "priya", authority="Police", legal_basis="Production order", reference="MP 17",
            data_given="A chat", name=name, email=email, phone=None, now=self.now,
            untold_until=self.now + timedelta(days=100) if hidden else None,
            untold_because="section 333A" if hidden else None,
        )  # fmt: skip
        disclosures.approve(made.pk, self.site.site_id, "paul", self.now)
        self.model.records["disclosures"][made.pk] = months(self.now, 72)
        for action in ("propose", "approve"):
            self.model.log(f"disclosures#{made.pk}", action, self.now)

    def erase(self) -> None:
        name, email = self._person()
        found = certain(search(Subject.of(self.site.site_id, emails=[email], names=[name])))
        outcomes = erase(found, "priya", self.now)
        for one in outcomes.get("chats", _NOTHING).removed:
            self._deleted(one.pk)
        for one in outcomes.get("correspondence", _NOTHING).removed:
            self.model.ledger.append(self.model.records["correspondence"].pop(one.pk))
            self.model.files.pop(one.pk, None)
            self.model.log(f"correspondence#{one.pk}", "erase", self.now)
        for kept in outcomes.get("purchases", _NOTHING).retained:
            if (pk := kept.reference.pk) in self.model.addressed:
                self.model.addressed.remove(pk)
                self.model.marks[pk, "email"] = self.model.records["purchases"][pk]
                self.model.log(f"purchases#{pk}", "clear", self.now)
        assert not any(outcomes[kept].removed for kept in outcomes.keys() - {"chats", "correspondence"})
        mine = [key for key, chat in self.model.chats.items() if chat.email == email and chat.ends > self.now]
        assert not mine

    def visit(self) -> None:
        day, path = self.now.date().isoformat(), f"/page{self.chance.randrange(4)}"
        bot = self.chance.random() < 0.1
        count_visit(
            self.site.site_id, path, None, origin=ORIGIN, ip=f"192.0.2.{self.chance.randrange(200)}",
            user_agent=BOT if bot else CHROME, now=self.now,
        )  # fmt: skip
        if bot:
            self.model.bots[day] += 1
        else:
            self.model.visits.setdefault(day, Counter())[path] += 1


def _keys() -> list[dict[str, str]]:
    from tests.year.tables import items

    return items("correspondence", "pk")


class _Nothing:
    removed = ()
    retained = ()


_NOTHING = _Nothing()

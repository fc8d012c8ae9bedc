"""What is said above the widget's form before anything is asked (N2), in each language there are words for: the why is
written here, the how long comes from the register."""

from collections.abc import Sequence

from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.controller import CONTROLLER
from imchat.stores.chats import ACTIVITY as CHATS
from imchat.stores.evidence import ACTIVITY as EVIDENCE

# By the plural categories of Unicode CLDR, as far as a language tells them apart.
_UNITS = {
    "en": {
        "month": {"one": "{n} month", "other": "{n} months"},
        "day": {"one": "{n} day", "other": "{n} days"},
        "year": {"other": "{n} years"},
    },
    "fr": {
        "month": {"other": "{n} mois"},
        "day": {"one": "{n} jour", "other": "{n} jours"},
        "year": {"other": "{n} ans"},
    },
    "de": {
        "month": {"one": "{n} Monat", "other": "{n} Monate"},
        "day": {"one": "{n} Tag", "other": "{n} Tage"},
        "year": {"other": "{n} Jahre"},
    },
    "es": {
        "month": {"one": "{n} mes", "other": "{n} meses"},
        "day": {"one": "{n} día", "other": "{n} días"},
        "year": {"other": "{n} años"},
    },
    "ar": {
        "month": {"one": "شهرًا واحدًا", "two": "شهرين", "few": "{n} أشهر", "many": "{n} شهرًا", "other": "{n} شهر"},
        "year": {"few": "{n} سنوات", "other": "{n} سنة"},
        "day": {"one": "يومًا واحدًا", "two": "يومين", "few": "{n} أيام", "many": "{n} يومًا", "other": "{n} يوم"},
    },
}
# Who “we” is. Of a website of our own, and of anybody else's.
_WE = {
    "en": "“We” are {us}.",
    "fr": "« Nous », c’est {us}.",
    "de": "„Wir“ sind {us}.",
    "es": "«Nosotros» somos {us}.",
    "ar": "«نحن» تعني {us}.",
}
_WE_FOR = {
    "en": "“We” are {website}, and {us}, which runs this chat on their behalf.",
    "fr": "« Nous », c’est {website}, ainsi que {us}, qui fait fonctionner ce chat pour son compte.",
    "de": "„Wir“ sind {website} und {us}; {us} betreibt diesen Chat im Auftrag.",
    "es": "«Nosotros» somos {website} y {us}, que gestiona este chat por su cuenta.",
    "ar": "«نحن» تعني {website}، وكذلك {us} التي تشغّل هذه الدردشة نيابةً عنها.",
}
# An erasure leaves the system log alone (N19), so it is named here too.
_WIDGET = {
    "en": "We use what you write to answer you, and your email, if you give one, to send you a copy. The chat is kept "
    "for at most {chat}, or until you delete it; a name and email stay in our system log for {log} after each "
    "thing that you do. You may leave every detail blank.",
    "fr": "Nous utilisons ce que vous écrivez pour vous répondre et votre adresse e-mail, si vous la donnez, pour vous "
    "envoyer une copie. La conversation est conservée {chat} au plus, ou jusqu’à ce que vous l’effaciez ; nom et "
    "adresse restent {log} dans notre journal après chacun de vos actes. Rien n’est obligatoire.",
    "de": "Wir verwenden, was Sie schreiben, um Ihnen zu antworten, und Ihre E-Mail-Adresse, falls Sie eine angeben, "
    "um Ihnen eine Kopie zu senden. Der Chat wird höchstens {chat} aufbewahrt, oder bis Sie ihn löschen; Name "
    "und E-Mail-Adresse bleiben nach jeder Ihrer Handlungen {log} in unserem Systemprotokoll. Alle Angaben sind "
    "freiwillig.",
    "es": "Utilizamos lo que usted escribe para responderle y su correo electrónico, si lo indica, para enviarle una "
    "copia. La conversación se conserva {chat} como máximo, o hasta que usted la borre; el nombre y el correo "
    "permanecen {log} en nuestro registro del sistema después de cada uno de sus actos. Puede dejar todos los datos en "
    "blanco.",
    "ar": "نستخدم ما تكتبه للرد عليك، وبريدك الإلكتروني، إن ذكرته، لإرسال نسخة إليك. تُحفظ المحادثة مدةً لا تتجاوز "
    "{chat} أو حتى تحذفها، ويبقى الاسم والبريد في سجل النظام {log} بعد كل فعل تقوم به. ويمكنك ترك جميع البيانات فارغة.",
}
_YEARS_FROM = 36
LANGUAGES = tuple(_WIDGET)


def period_in_words(period: Period, language: str = "en") -> str:
    """A period as people say it: in years from three years on. ``language`` is one of LANGUAGES."""
    number, unit = period.number, period.unit
    if unit == "month" and number >= _YEARS_FROM and number % 12 == 0:
        number, unit = number // 12, "year"
    forms = _UNITS[language][unit]
    return forms.get(_plural(language, number), forms["other"]).format(n=number)


def kept_in_words(activity: Activity) -> str:
    """For how long an activity keeps data, from when, and what happens then; as the notice and an access answer say
    it."""
    kept = period_in_words(activity.period) if activity.period else activity.lasts
    if activity.period_starts:
        kept = f"{kept} from {activity.period_starts}"
    return f"{kept}; then {activity.at_end}" if kept else activity.at_end


def widget_text(language: str, site_period: str | None = None, controller: str = CONTROLLER) -> str:
    """Who, why, and how long. ``controller`` is who answers for the website's chats. In the first of the tags in
    ``language`` (an Accept-Language header will do) that there are words for, else English. ``site_period`` ("30 days")
    is the site's own, shorter one. Raises InvalidValue where it is longer than the notice's."""
    chosen = choose(language)
    chat = CHATS.shortened(Period.parse(site_period)) if site_period else CHATS.lasting
    we = (_WE if controller == CONTROLLER else _WE_FOR)[chosen].format(website=controller, us=CONTROLLER)
    return f"{we} " + _WIDGET[chosen].format(
        chat=period_in_words(chat, chosen), log=period_in_words(EVIDENCE.lasting, chosen)
    )


def choose(wanted: str, offered: Sequence[str] = LANGUAGES, otherwise: str = "en") -> str:
    """The first of the tags in ``wanted`` (an Accept-Language header will do) that is ``offered`` and has words, else
    ``otherwise``, if that has, else English."""
    tags = [tag.split(";")[0].replace("_", "-").split("-")[0].strip().lower() for tag in wanted.split(",")]
    usable = (tag for tag in tags if tag in LANGUAGES and tag in offered)
    return next(usable, otherwise if otherwise in LANGUAGES else "en")


def _plural(language: str, number: int) -> str:
    """The CLDR plural category of a number from 1."""
    if language == "ar" and number > 1:
        rest = number % 100
        return "two" if number == 2 else "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"
    return "one" if number == 1 else "other"

"""Conversations to play: the ones in shared/data beside the project where that folder is there (Taskmaster-4, 2024, Bill
Byrne and Saravanan Ganesh, Google LLC, CC BY 4.0; see its README), else a few of our own in several languages."""

import json
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "dialogues.jsonl"


@dataclass(frozen=True)
class Dialogue:
    """Turns of (visitor or operator, text)."""

    turns: list[tuple[str, str]]


# Asked by the visitor, answered by the operator, and so on in turn.
_OWN = {
    "en": [
        "Is the blue kettle in stock?",
        "Yes, three are left.",
        "Can I collect one today?",
        "Until six o'clock.",
        "Thanks!",
    ],
    "fr": ["Bonjour, où est ma commande ?", "Elle part demain matin.", "D’accord, merci.", "Bonne journée !"],
    "de": ["Kann ich die Schuhe umtauschen?", "Ja, innerhalb von 30 Tagen.", "Auch ohne Karton?", "Auch ohne Karton."],
    "ar": ["هل التوصيل مجاني؟", "نعم، للطلبات فوق 200.", "شكرًا جزيلًا"],
    "he": ["מתי אתם פותחים?", "בשעה תשע.", "תודה"],
    "ja": ["サイズ交換はできますか？", "はい、できます。\nレシートをお持ちください。", "ありがとうございます"],
    "ru": ["Когда придёт посылка?", "Завтра до 18:00.", "Спасибо, жду!"],
    "hi": ["क्या यह वापस हो सकता है?", "जी हाँ, सात दिन में।", "धन्यवाद 🙏"],
    "el": ["Δέχεστε κάρτες;", "Ναι, και μετρητά.", "Ευχαριστώ!"],
    "th": ["มีสีแดงไหม", "มีค่ะ", "ขอบคุณค่ะ 😊"],
    "ko": ["영수증을 다시 받을 수 있나요?", "네, 메일로 보내 드릴게요.", "감사합니다"],
    "tr": ["İade süresi nedir?", "On dört gün.", "Çok teşekkürler."],
}


def dialogues(most: int) -> list[Dialogue]:
    """At most ``most`` conversations."""
    if SHARED.exists():
        with SHARED.open(encoding="utf-8") as lines:
            found = [json.loads(line)["turns"] for line, _ in zip(lines, range(most), strict=False)]
        return [Dialogue([(speaker, text) for speaker, text in turns]) for turns in found]
    own = [
        Dialogue([(("visitor", "operator")[place % 2], text) for place, text in enumerate(texts)])
        for texts in _OWN.values()
    ]
    return (own * 3)[:most]

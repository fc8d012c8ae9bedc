"""Mail as it comes in, made for tests, and what is read of it."""

from email.message import EmailMessage
from email.policy import SMTP

from imchat.mail.incoming import Incoming, parse

CARD = "4111 1111 1111 1111"
SOLID = "4111111111111111"
HEAD = b"From: Ann <ann@example.com>\r\nTo: help@example.org\r\nSubject: Hello\r\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def mail(body: bytes = b"Hello.\r\n", *fields: str, head: bytes = HEAD) -> Incoming:
    return parse(head + "".join(f"{one}\r\n" for one in fields).encode() + b"\r\n" + body)


def built(text: str = "Hello.", **fields: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    for name, value in {"From": "ann@example.com", "To": "help@example.org", "Subject": "Hello", **fields}.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def multipart(kind: str, *parts: bytes) -> Incoming:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    return mail(body, "MIME-Version: 1.0", f'Content-Type: multipart/{kind}; boundary="b"')


def part(content: str | bytes, kind: str = "text/plain", *fields: str) -> bytes:
    content = content if isinstance(content, bytes) else content.encode()
    return "\r\n".join((f"Content-Type: {kind}", *fields, "", "")).encode() + content


PLAIN = part("The text of the mail is plain.")
HTML = part("<p>The text of the mail is <b>HTML</b>.</p>", "text/html")


def whole(read: Incoming) -> bytes:
    (kept,) = read.attachments
    assert (kept.filename, kept.content_type, read.text) == ("message.eml", "message/rfc822", "")
    assert read.problem
    return kept.content


def said(read: Incoming) -> str:
    """All of a mail that is kept, as text."""
    files = [content for one in read.attachments for content in (one.filename or "", one.content.decode("latin-1"))]
    return "\n".join((read.subject or "", read.sender_name or "", read.text, *read.recipients, *files))

"""What SES found of a mail is said, and no sender can say it."""

import pytest

from imchat.mail.incoming import parse
from tests.unit.incoming import HEAD, PLAIN, part

FILE = part(b"MZ", "application/octet-stream", "Content-Disposition: attachment; filename=i.exe")
BODY = (
    HEAD
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    + PLAIN
    + b"\r\n--b\r\n"
    + FILE
    + b"\r\n--b--\r\n"
)
SES = (
    "Authentication-Results: amazonses.com; spf=pass (x) client-ip=1.2.3.4; dkim=pass header.i=@a.example; dmarc=pass;"
)


def test_of_a_mail_with_a_virus_the_text_is_kept_and_no_file() -> None:
    read = parse(b"X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: FAIL\r\n" + BODY)
    assert (read.virus, read.spam, read.text, read.attachments) == (True, False, "The text of the mail is plain.", ())
    assert "virus" in str(read.problem)


def test_a_mail_with_a_virus_that_cannot_be_opened_is_not_kept_whole() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(99))
    read = parse(b"X-SES-Virus-Verdict: FAIL\r\n" + HEAD + deep + b"\r\n")
    assert read.attachments == ()
    assert "virus" in str(read.problem)


@pytest.mark.parametrize("verdict", ["PASS", "GRAY", "PROCESSING_FAILED", "", "DISABLED"])
def test_other_verdicts_keep_all(verdict: str) -> None:
    read = parse(f"X-SES-Spam-Verdict: {verdict}\r\nX-SES-Virus-Verdict: {verdict}\r\n".encode() + BODY)
    assert (read.virus, read.spam, len(read.attachments), read.problem) == (False, False, 1, None)


def test_only_the_topmost_is_from_ses() -> None:
    read = parse(
        f"X-SES-Spam-Verdict: FAIL\r\nX-SES-Virus-Verdict: FAIL\r\n{SES.replace('dmarc=pass', 'dmarc=fail')}\r\n"
        f"X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\n{SES}\r\n".encode()
        + BODY
    )
    assert (read.spam, read.virus, read.dmarc_failed) == (True, True, True)
    other = "Authentication-Results: mx.sender.example; dmarc=fail"
    assert not parse(f"{other}\r\n{SES}\r\n".encode() + BODY).dmarc_failed


@pytest.mark.parametrize(
    ("results", "failed"),
    [
        ("spf=pass; dkim=pass; dmarc=pass", ""),
        ("spf=none; dkim=none; dmarc=none", ""),
        ("spf=fail (spfCheck: dmarc=fail; said) client-ip=1.2.3.4; dkim=pass; dmarc=pass", "SPF"),
        ("spf=softfail; dkim=permerror; dmarc=fail header.from=a.example", "SPF, DKIM, DMARC"),
        ("dkim=fail header.i=@a.example; dkim=pass header.i=@b.example", ""),
        ("dmarc=temperror; spf=temperror", ""),
        ("DMARC=FAIL", "DMARC"),
    ],
)
def test_what_failed_is_said(results: str, failed: str) -> None:
    read = parse(f"Authentication-Results: amazonses.com;\r\n {results}\r\n".encode() + BODY)
    assert (read.spf_failed, read.dkim_failed, read.dmarc_failed) == tuple(
        name in failed for name in ("SPF", "DKIM", "DMARC")
    )
    assert (read.problem is not None) == bool(failed)
    assert not failed or f"{failed} failed" in str(read.problem)

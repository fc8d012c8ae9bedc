"""Whether a proof is as it was signed (``imchat verify proof.json``)."""

from pathlib import Path

import msgspec

from imchat.bundle.signing import fingerprint
from imchat.prover.finding import Outcome
from imchat.prover.proof import FORMAT, VERSION, Proof
from imchat.prover.publishing import SIGNATURE
from imchat.verify import FINE, NOT_FINE, UNREADABLE, Unreadable, signed


def verify(file: Path, key: bytes) -> tuple[int, list[str]]:
    """Check a saved proof with the signature beside it (proof.json.sig) against ``key`` (PEM).

    Returns the exit status (FINE, NOT_FINE, UNREADABLE) and the lines to show.
    """
    try:
        content, signature = file.read_bytes(), file.with_name(SIGNATURE).read_bytes()
    except OSError:
        return UNREADABLE, [f"Cannot check this: save {SIGNATURE} beside {file.name}."]
    try:
        public, genuine = signed(content, signature, key)
        proof = msgspec.json.decode(content, type=Proof)
    except (Unreadable, msgspec.MsgspecError) as why:
        said = str(why) if isinstance(why, Unreadable) else "This is no proof as we make them."
        return UNREADABLE, [f"Cannot check this: {said}"]
    if (proof.format, proof.version) != (FORMAT, VERSION):
        return UNREADABLE, ["Cannot check this: the proof is of a form that this program does not know."]
    key_line = f"Key that was used, by its fingerprint (SHA-256):\n  {fingerprint(public)}"
    if not genuine:
        return NOT_FINE, [key_line, "NOT FINE. This proof is not as it was signed with the key that you gave."]
    broken = [str(one.number) for one in proof.promises if one.state == Outcome.NOT_KEPT]
    said = f"it says that these promises are not kept: {', '.join(broken)}" if broken else "no promise is broken by it"
    return FINE, [
        f"Proof of {proof.made_at}, release {proof.release}",
        key_line,
        f"FINE. It is as it was signed; {said}.",
    ]

"""Trying dead letters again, where SQS says less than it has."""

from typing import Any

import pytest
from click.testing import CliRunner

from operations import queues
from operations.command import asking
from operations.command.main import imchat

DEAD = queues.Queue("Dead", "url:dead", "arn:dead", 2, 0, dead=True, sources=("url:jobs",))
JOB = {"Body": "job", "ReceiptHandle": "1"}


class Sqs:
    """A queue of which each receive gives the next of ``answers``, and then nothing."""

    def __init__(self, *answers: int) -> None:
        self.answers, self.there, self.sent = list(answers), 2, 0

    def receive_message(self, *, WaitTimeSeconds: int, **_: Any) -> dict[str, Any]:
        assert WaitTimeSeconds > 0
        given = self.answers.pop(0) if self.answers else 0
        return {"Messages": [JOB] * given} if given else {}

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
        assert (QueueUrl, MessageBody) == ("url:jobs", "job")
        self.sent += 1

    def delete_message(self, **_: Any) -> None:
        self.there -= 1

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        return {"Attributes": {"ApproximateNumberOfMessages": str(self.there)}}


@pytest.fixture
def redrive(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``imchat redrive`` on a stack with two dead letters; what it ends with and says."""

    def run(sqs: Sqs) -> tuple[int, str]:
        monkeypatch.setattr(queues.boto3, "client", lambda service: sqs)
        monkeypatch.setattr(queues, "queues", lambda stack: [DEAD])
        monkeypatch.setattr(asking, "_stack", lambda stage: {"StackName": "x"})
        done = CliRunner().invoke(imchat, ["redrive", "--stage", "dev"])
        return done.exit_code, done.output

    return run


def test_an_empty_answer_is_not_taken_for_an_empty_queue(redrive: Any) -> None:
    sqs = Sqs(0, 1, 0, 0, 1)
    assert redrive(sqs) == (0, "Dead: 2 moved back to their queue\n")
    assert (sqs.sent, sqs.there) == (2, 0)


def test_what_sqs_has_and_does_not_give_is_told_and_not_fine(redrive: Any) -> None:
    assert redrive(Sqs()) == (1, "Dead: 2 not reached\n")
    assert redrive(Sqs(1)) == (1, "Dead: 1 moved back to their queue\nDead: 1 not reached\n")


def test_what_somebody_else_has_taken_out_meanwhile_is_not_missed(redrive: Any) -> None:
    sqs = Sqs()
    sqs.there = 0
    assert redrive(sqs) == (0, "There are no dead letters.\n")

"""What the nightly proof makes of what was looked at."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from imchat.clock import rfc3339
from imchat.prover import looking
from imchat.prover.checks import CHECKS
from imchat.prover.finding import MOST_TECHNICAL, Check, Finding, Outcome, found
from imchat.prover.history import GAP, History, Span, add, states
from imchat.prover.page import page
from imchat.prover.proof import Proof, proof
from imchat.prover.stack import Stack
from imchat.register.promises import PROMISES

NIGHT = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
KEPT, NOT_KEPT, UNKNOWN = Outcome.KEPT, Outcome.NOT_KEPT, Outcome.UNKNOWN
# Nothing of it may be on a page.
TECHNICAL = "chats-table-4711: TTL is DISABLED"
OUTCOMES = st.sampled_from(Outcome)


def nights(*outcomes: Outcome | None, apart: timedelta = timedelta(days=1)) -> History:
    """The history of promise 17 after a night for each outcome; None is a night without a proof."""
    history: History = {}
    for number, outcome in enumerate(outcomes):
        if outcome:
            history = add(history, {17: outcome}, NIGHT + number * apart)
    return history


def test_every_check_is_known_by_one_name_and_names_promises_that_there_are() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.promises
        assert set(check.promises) <= set(PROMISES)
        assert check.says.endswith(".")


def test_a_promise_is_as_good_as_the_worst_of_its_checks() -> None:
    checks = tuple(Check(name, ".", (17,), lambda _: None) for name in "abc")
    assert states(checks, {"a": Finding(KEPT), "b": Finding(UNKNOWN), "c": Finding(NOT_KEPT)}) == {17: NOT_KEPT}
    assert states(checks, {"a": Finding(KEPT), "b": Finding(UNKNOWN)}) == {17: UNKNOWN}
    assert states(checks, {"a": Finding(KEPT)}) == {17: KEPT}
    assert states(checks, {}) == {}


def test_nights_without_a_gap_are_one_time() -> None:
    (span,) = nights(KEPT, KEPT, KEPT)[17]
    assert span == Span(KEPT, "2026-12-01T02:00:00.000+00:00", "2026-12-03T02:00:00.000+00:00")


def test_a_night_without_a_proof_is_a_gap_and_what_was_before_stays() -> None:
    before, after = nights(KEPT, None, KEPT)[17]
    assert (before.last, after.since) == ("2026-12-01T02:00:00.000+00:00", "2026-12-03T02:00:00.000+00:00")


def test_what_could_not_be_checked_ends_the_time_in_which_a_promise_was_kept_and_is_no_failure() -> None:
    assert [one.state for one in nights(KEPT, UNKNOWN, KEPT)[17]] == [KEPT, UNKNOWN, KEPT]


def test_a_failure_is_seen_for_two_years() -> None:
    history = nights(NOT_KEPT, KEPT)
    almost = add(history, {17: KEPT}, datetime(2028, 11, 30, tzinfo=UTC))
    assert NOT_KEPT in [one.state for one in almost[17]]
    later = add(almost, {17: KEPT}, datetime(2028, 12, 2, tzinfo=UTC))
    assert {one.state for one in later[17]} == {KEPT}


@given(st.lists(st.tuples(OUTCOMES, st.timedeltas(-timedelta(days=900), timedelta(days=900))), min_size=1, max_size=30))
def test_whatever_the_clock_does_no_time_ends_before_it_begins_and_none_overlaps(
    steps: list[tuple[Outcome, timedelta]],
) -> None:
    history: History = {}
    for outcome, jump in steps:
        history = add(history, {17: outcome}, NIGHT + jump)
        spans = history[17]
        assert spans[-1].state == outcome
        ends = [moment for span in spans for moment in (span.since, span.last)]
        assert ends == sorted(ends)
    for one, next_one in pairwise(spans):
        apart = datetime.fromisoformat(next_one.since) - datetime.fromisoformat(one.last)
        assert one.state != next_one.state or apart > GAP


def test_nothing_is_kept_where_nobody_could_look(monkeypatch: pytest.MonkeyPatch) -> None:
    errors: dict[str, Exception] = {
        "denied": ClientError({"Error": {"Code": "AccessDenied", "Message": "jane@example.org"}}, "GetRole"),
        "throttled": ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "DescribeTable"),
        "unreachable": EndpointConnectionError(endpoint_url="http://jane.example.org"),
        "unexpected": KeyError("jane@example.org"),
    }

    def failing(error: Exception) -> Callable[[datetime], Finding]:
        def look(_: datetime) -> Finding:
            raise error

        return look

    checks = tuple(Check(name, ".", (17,), failing(error)) for name, error in errors.items())
    monkeypatch.setattr(looking, "CHECKS", (*checks, Check("fine", ".", (17,), lambda _: Finding(KEPT))))
    findings = looking.look(NIGHT)
    assert {name: one.outcome for name, one in findings.items()} == dict.fromkeys(errors, UNKNOWN) | {"fine": KEPT}
    assert "jane" not in str(findings)
    assert findings["denied"].technical == "GetRole: AccessDenied"


def test_half_a_night_leaves_the_rest_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "CHECKS", tuple(Check(name, ".", (1,), lambda _: Finding(KEPT)) for name in "abc"))
    left = iter((True, False, False))
    findings = looking.look(NIGHT, lambda: next(left))
    assert [one.outcome for one in findings.values()] == [KEPT, UNKNOWN, UNKNOWN]


def test_what_a_stage_does_not_have_is_no_part_of_its_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "CHECKS", (Check("firewall", ".", (1,), lambda _: None),))
    assert looking.look(NIGHT) == {}


def test_all_that_is_wrong_is_said() -> None:
    assert found([]) == Finding(KEPT)
    assert found(["b", "a"]) == Finding(NOT_KEPT, "a; b")


@given(st.dictionaries(st.sampled_from([check.name for check in CHECKS]), OUTCOMES))
def test_no_finding_of_engineers_is_on_the_page_or_in_the_proof(outcomes: dict[str, Outcome]) -> None:
    findings = {name: Finding(outcome, TECHNICAL) for name, outcome in outcomes.items()}
    made = proof(CHECKS, findings, add({}, states(CHECKS, findings), NIGHT), sentences={}, release="r", made_at=NIGHT)
    for content in (page(made), msgspec.json.encode(made)):
        assert b"4711" not in content


def made(outcome: Outcome, sentence: str | None = None) -> Any:
    findings = {check.name: Finding(outcome, TECHNICAL) for check in CHECKS}
    history = add({}, states(CHECKS, findings), NIGHT)
    sentences = {(17, rfc3339(NIGHT)): sentence} if sentence else {}
    return proof(CHECKS, findings, history, sentences=sentences, release="abc", made_at=NIGHT)


def test_every_promise_is_there_and_what_rests_on_code_alone_says_so() -> None:
    promises = made(KEPT).promises
    assert [one.number for one in promises] == list(PROMISES)
    rested = {number for check in CHECKS for number in check.promises}
    assert {one.number for one in promises if one.state is None} == set(PROMISES) - rested
    assert "the tests of release abc prove it" in page(made(KEPT)).decode()


def test_a_failure_comes_first_with_what_the_desk_says_and_that_is_text() -> None:
    shown = page(made(NOT_KEPT, "We are <b>on</b> it.")).decode()
    assert "We are &lt;b&gt;on&lt;/b&gt; it." in shown
    assert shown.index('class="not_kept"') < shown.index('class="by_tests"', shown.index("<section"))
    assert "We have been told and are looking into it." in shown


def test_a_sentence_stays_with_its_failure_and_goes_with_no_other() -> None:
    history = nights(NOT_KEPT, KEPT, NOT_KEPT)
    first, _, last = (span.since for span in history[17])

    def said(since: str) -> Proof:
        sentences = {(17, since): "A rule was off."}
        return proof(CHECKS, {"expiry": Finding(NOT_KEPT)}, history, sentences=sentences, release="r", made_at=NIGHT)

    of_the_first, of_the_last = said(first).promises[16], said(last).promises[16]
    assert of_the_first.sentence is None
    assert [span.sentence for span in of_the_first.before] == ["A rule was off.", None]
    assert of_the_last.sentence == "A rule was off."
    assert [span.sentence for span in of_the_last.before] == [None, None]
    assert page(said(first)).count(b"A rule was off.") == page(said(last)).count(b"A rule was off.") == 1


def test_of_a_long_finding_the_beginning_is_kept() -> None:
    assert Finding(NOT_KEPT, "a" * MOST_TECHNICAL).technical == "a" * MOST_TECHNICAL
    assert Finding(NOT_KEPT, "a" * (MOST_TECHNICAL + 1)).technical == "a" * (MOST_TECHNICAL - 1) + "…"


STACK = Stack(
    name="imchat-dev",
    template={
        "Conditions": {"Guarded": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "dev"]}]}},
        "Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}, "Key": {"Type": "AWS::SecretsManager::Secret"}},
    },
    physical_ids={"Table": "imchat-dev-Table-1", "Key": "arn:aws:secretsmanager:r:1:secret:key-abcdef", "Queue": "https://sqs/1/q"},
    parameters={"Stage": "dev"},
    changed=NIGHT,
)  # fmt: skip
ARN = "arn:aws:dynamodb:eu-west-2:123456789012:table/imchat-dev-Table-1"


@pytest.mark.parametrize(
    ("actual", "written"),
    [
        ("*", "*"),
        (ARN, {"Fn::GetAtt": ["Table", "Arn"]}),
        (f"{ARN}/index/due", {"Fn::Sub": "${Table.Arn}/index/due"}),
        ("arn:aws:sqs:eu-west-2:1:q", {"Fn::GetAtt": ["Queue", "Arn"]}),
        ("arn:aws:secretsmanager:r:1:secret:key-abcdef", {"Fn::GetAtt": ["Key", "Id"]}),
        ("arn:aws:logs:eu-west-2:1:log-group:/aws/lambda/imchat-dev-A-*",
         {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/${AWS::StackName}-A-*"}),
        ({"Action": ["a"], "Effect": "Allow"}, {"Effect": "Allow", "Action": ["a"]}),
        ("no", {"Fn::If": ["Guarded", "yes", "no"]}),
        (30, 30), ("30", 30), (True, True),
    ],
)  # fmt: skip
def test_what_aws_tells_fits_what_the_template_means(actual: Any, written: Any) -> None:
    assert STACK.fits(actual, written)


@pytest.mark.parametrize(
    ("actual", "written"),
    [
        ("*", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("arn:aws:dynamodb:eu-west-2:123456789012:table/*", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("arn:aws:dynamodb:*:123456789012:table/imchat-dev-Table-1", {"Fn::GetAtt": ["Table", "Arn"]}),
        (f"{ARN}0", {"Fn::GetAtt": ["Table", "Arn"]}),
        (f"{ARN}/index/*", {"Fn::Sub": "${Table.Arn}/index/due"}),
        (ARN.replace("Table-1", "Table-2"), {"Fn::GetAtt": ["Table", "Arn"]}),
        ("arn:aws:logs:eu-west-2:1:log-group:*",
         {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/${AWS::StackName}-A-*"}),
        ({"Action": ["a", "b"], "Effect": "Allow"}, {"Effect": "Allow", "Action": ["a"]}),
        ({"Action": ["a"]}, {"Effect": "Allow", "Action": ["a"]}),
        (["a"], ["a", "b"]),
        ("yes", {"Fn::If": ["Guarded", "yes", "no"]}),
        (1, True), ("true", True),
    ],
)  # fmt: skip
def test_anything_wider_or_other_does_not_fit(actual: Any, written: Any) -> None:
    assert not STACK.fits(actual, written)

"""One run from its beginning to its end: what was left is cleared, the scenes are played, what they leave is cleared,
traces are looked for."""

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from imchat import clock
from imchat.aws import AWS_ERRORS
from imchat.errors import ImchatError
from operations.prove import accessing, chatting, copying, deleting, erasing, tracing
from operations.prove.api import Api
from operations.prove.leftovers import clear
from operations.prove.people import Canary
from operations.prove.play import Play, Step
from operations.prove.report import BROKEN, KEPT, UNTRIED, Broken, Line, Untried
from operations.prove.staff import make_site, members
from operations.prove.stage import Stage

Tell = Callable[[Line], None]


def gone(play: Play) -> str:
    """Nobody who approved here can do so again."""
    for member in play.staff.values():
        Api(play.stage.address, member.api.token)("GET", "/v1/desk/requests").of(401, 403)
    return f"the {len(play.staff)} accounts of this run are removed, and their tokens refused"


SCENES = (
    *chatting.STEPS,
    *copying.STEPS,
    Step("N17", "what is said stands in the chat, and nowhere else", tracing.before),
    *deleting.STEPS,
    *accessing.STEPS,
    *erasing.STEPS,
)
AFTERWARDS = (
    Step("desk", "no login is left that may approve", gone),
    Step("N18", "after a deletion nothing is left but what its receipt names", tracing.after),
)


def run(stage: Stage, tell: Tell) -> list[Line]:
    """Play everything on ``stage``; each line is told as soon as it is known. Raises what AWS says where the canaries'
    website or its staff cannot be made: then nothing was tried."""
    clear(stage, clock.now())
    make_site(stage)
    play = Play(stage, Canary.new(), clock.now())
    lines: list[Line] = []

    def tried_each(steps: tuple[Step, ...]) -> None:
        for step in steps:
            lines.append(tried(step, play))
            tell(lines[-1])

    try:
        with members(stage) as play.staff:
            tried_each(SCENES)
    finally:
        clear(stage, clock.now())
    tried_each(AFTERWARDS)
    return lines


def tried(step: Step, play: Play) -> Line:
    """What came of one step. A check that fails by itself shows nothing, and is never taken for a promise kept."""
    try:
        return Line(step.promise, step.says, KEPT, step.do(play))
    except Broken as broken:
        outcome, seen = BROKEN, str(broken)
    except Untried as untried:
        outcome, seen = UNTRIED, str(untried)
    except ClientError as error:
        outcome, seen = UNTRIED, f"AWS said {error.response['Error']['Code']} to {error.operation_name}"
    except (BotoCoreError, ImchatError, *AWS_ERRORS) as error:
        outcome, seen = UNTRIED, f"the check could not be made: {type(error).__name__}"
    except Exception as error:  # an answer of another form than expected; its text may hold what somebody wrote
        outcome, seen = UNTRIED, f"the check failed: {type(error).__name__}"
    return Line(step.promise, step.says, outcome, seen)

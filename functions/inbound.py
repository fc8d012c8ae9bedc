"""Mail that people write to us: SES puts it into a bucket, EventBridge tells."""

from typing import Any

from chalice import Blueprint

from functions.observe import count, logger, observed
from imchat import clock

events = Blueprint(__name__)


@events.lambda_function(name="inbound")
@observed
def take_in_mail(event: dict[str, Any], context: Any) -> None:
    """Take in the message that an "Object Created" event of S3 names."""
    from imchat.desk.mails import take_in

    outcome = take_in(event["detail"]["object"]["key"], clock.now())
    logger().info("mail", extra={"outcome": outcome})
    count(f"Inbound{outcome.title()}")

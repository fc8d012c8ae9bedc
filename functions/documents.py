"""Documents that prove who asks: a person sends one to S3 by a form, EventBridge tells that it is there."""

from typing import Any

from chalice import Blueprint

from functions.observe import count, logger, observed
from imchat import clock

events = Blueprint(__name__)


@events.lambda_function(name="documents")
@observed
def settle_document(event: dict[str, Any], context: Any) -> None:
    """Delete the document that the "Object Created" event of S3 is about, unless its request waits for it. Of the event
    comes no more than its "object": it says from which address the document was sent, too."""
    from imchat.rights.documents import settle

    removed = settle([event["key"]], clock.now())
    logger().info("document", extra={"outcome": "removed" if removed else "kept"})
    if removed:
        count("DocumentsRemoved", removed)

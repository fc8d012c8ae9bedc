"""The map: every way in."""

from chalice import Chalice

from functions import (
    accounts,
    answering,
    desk,
    documents,
    feedback,
    housekeeping,
    http,
    inbound,
    links,
    mailer,
    operators,
    proving,
    requests,
    review,
    rights,
    sign_in,
    sockets,
    visitor,
)

app = Chalice(app_name="imchat", configure_logs=False)
app.experimental_feature_flags.add("WEBSOCKETS")
app.register_middleware(http.middleware, "http")

app.register_blueprint(visitor.routes)  # /v1/sites, /v1/chats, /v1/visits, /notice
app.register_blueprint(sign_in.routes)  # /v1/sign-in
app.register_blueprint(operators.routes)  # /v1/operator
app.register_blueprint(accounts.routes)  # /v1/account
app.register_blueprint(desk.routes)  # /v1/desk
app.register_blueprint(requests.routes)  # /v1/desk/requests
app.register_blueprint(review.routes)  # /v1/desk/requests/{reference}: what was found
app.register_blueprint(rights.routes)  # /v1/rights-requests
app.register_blueprint(links.routes)  # links to copies
app.register_blueprint(answering.tasks)  # Step Functions: the flow of a request
app.register_blueprint(documents.events)  # S3, through EventBridge: proofs of identity
app.register_blueprint(inbound.events)  # S3, through EventBridge: mail to us
app.register_blueprint(mailer.jobs)  # SQS: transcripts
app.register_blueprint(feedback.events)  # SNS: bounces and complaints
app.register_blueprint(housekeeping.schedules)  # EventBridge: hourly
app.register_blueprint(proving.schedules)  # EventBridge: each night, whether the notice is kept

# WebSockets: frames of connected pages. Chalice looks them up here by these names.
socket_connected = app.on_ws_connect(name="websocket_connect")(sockets.socket_connected)
socket_frame = app.on_ws_message(name="websocket_message")(sockets.socket_frame)
socket_disconnected = app.on_ws_disconnect(name="websocket_disconnect")(sockets.socket_disconnected)

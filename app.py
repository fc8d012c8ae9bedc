"""The map: every way in."""

from chalice import Chalice

from functions import accounts, feedback, housekeeping, http, mailer, operators, visitor

app = Chalice(app_name="imchat", configure_logs=False)
app.register_middleware(http.middleware, "http")

app.register_blueprint(visitor.routes)  # /v1/sites, /v1/chats, /notice
app.register_blueprint(operators.routes)  # /v1/operator
app.register_blueprint(accounts.routes)  # /v1/account
app.register_blueprint(mailer.jobs)  # SQS: transcripts
app.register_blueprint(feedback.events)  # SNS: bounces and complaints
app.register_blueprint(housekeeping.schedules)  # EventBridge: hourly

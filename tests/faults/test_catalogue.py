"""The catalogue is complete: a new route, function or frame without a row fails here."""

from typing import get_args

from app import app
from functions.frames import Frame
from tests.faults.catalogue import desk, operators, requests, sign_in, sockets, tasks, visitor


def test_every_route_has_its_row() -> None:
    routes = {(method, path) for path, methods in app.routes.items() for method in methods}
    rows = [row for part in (visitor, operators, sign_in, desk, requests) for row in part.ROUTES]
    assert len(rows) == len(set(rows))
    assert set(rows) == routes


def test_every_function_that_no_url_starts_has_its_row() -> None:
    named = {one.name for one in app.pure_lambda_functions}
    assert set(tasks.FUNCTIONS) == named | {"mailer"}
    assert all(tasks.FUNCTIONS.values())


def test_every_frame_has_its_row() -> None:
    assert set(sockets.FRAMES) == set(get_args(Frame))

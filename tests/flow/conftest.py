"""Sites of a file's own: what one file does to its site, no other sees."""

from typing import Any

import pytest

from tests.flow.sites import TestSite, make_site


@pytest.fixture(scope="module")
def site(stack: dict[str, Any], tables: dict[str, Any]) -> TestSite:
    """A site with one of each kind of staff."""
    return make_site(stack)


@pytest.fixture(scope="module")
def elsewhere(stack: dict[str, Any], tables: dict[str, Any]) -> TestSite:
    """Another site."""
    return make_site(stack)

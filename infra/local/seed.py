"""A demo site with staff and a past."""

import secrets
from typing import Any

from operations.accounts import add_staff

SITE_ID = "demo"
# username: (public name, groups)
STAFF: dict[str, tuple[str, list[str]]] = {
    "operator": ("Olga", ["operator"]),
    "owner": ("Owen", ["owner"]),
    "privacy": ("Priya", ["privacy"]),
    "privacy2": ("Paul", ["privacy"]),
}


def seed(cognito: Any, outputs: dict[str, str], web_url: str) -> dict[str, dict[str, str]]:
    """Make the demo site, which may be used from the demo shop, and its staff; each one's user name and password."""
    from imchat import clock
    from imchat.stores.accounts import create_site
    from infra.local.past import give_past

    port = web_url.rpartition(":")[2]
    create_site(
        SITE_ID,
        name="Corner Shop",
        origins=[web_url, f"http://localhost:{port}"],
        policy_url=f"{web_url}/shop-policy.html",
        controller_name="Corner Shop Ltd",
        controller_address="1 High Street\nAnytown AN1 1AA",
        controller_contact="privacy@shop.example",
        poll_interval_ms=1000,
        texts={
            "en": {
                "welcome": "Hello! Ask us about lamps, kettles or your order.",
                "away": "We have gone home. Write to us with your email address, and we answer tomorrow.",
            },
            "de": {
                "welcome": "Guten Tag! Fragen Sie uns nach Lampen, Wasserkochern oder Ihrer Bestellung.",
                "away": "Der Laden ist zu. Schreiben Sie uns mit Ihrer E-Mail-Adresse, wir antworten morgen.",
            },
        },
        # Everybody on this machine has the same address.
        opens_per_minute=600,
    )
    give_past(SITE_ID, clock.now())
    staff = {}
    for username, (name, groups) in STAFF.items():
        password = f"{secrets.token_urlsafe(12)}aA1"
        add_staff(cognito, outputs, username=username, password=password, site_id=SITE_ID, name=name, groups=groups)
        staff[username] = {"username": username, "password": password}
    return staff

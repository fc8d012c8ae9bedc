"""Which parts of a path are counted by name (N1)."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.visits.paths import CUT, cut

KEPT = [
    "/", "", "/a", "/index.html", "/products/iphone-15", "/blog/2024/05/my-post", "/blog/2024/05/31/", "/2024-05-31",
    "/best-phones-2024", "/teapots/blue-and-white", "/docs/v2/api", "/v2.1/guide", "/account/login", "/account/orders",
    "/users/settings/", "/reset/password", "/account/login.php", "/assets/jquery-3.6.0.min.js", "/Caf%C3%A9/menu",
    "/allgemeine-geschaeftsbedingungen", "/HowToResetYourPassword", "/3d-printers", "/4k/tv", "/mp3/top-100",
    "/en-GB/shop", "/lamps/", "/%E3%83%A9%E3%83%B3%E3%83%97", "/team", "/café/ランプ", "/page1/next",
]  # fmt: skip
CASES = {
    "/account/jane.doe/orders/7c9e": "/account/…/orders/…",
    "/account/janedoe/orders": "/account/…/orders",
    "/Users/Jane%20Doe": "/Users/…",
    "/u/jane": "/u/…",
    "/konto/jana/bestellungen": "/konto/…/bestellungen",
    "/@jane": "/…",
    "/@jane/posts": "/…/posts",
    "/~jane/home": "/…/home",
    "/%7Ejane": "/…",
    "/jane.doe": "/…",
    "/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln": "/reset/…",
    "/reset/eyJhbGciOi": "/reset/…",
    "/x/eyJhbGciOi": "/x/…",
    "/verify/abcdefghij": "/verify/…",
    "/%31%32%33": "/…",
    "/%2531%2532%2533": "/…",
    "/%252531": "/…",
    "/١٢٣": "/…",
    "/%D9%A1%D9%A2%D9%A3": "/…",
    "/１２３４": "/…",
    "/①②": "/…",
    "/orders/10423": "/orders/…",
    "/orders/2024/05": "/orders/…/…",
    "/order-10423": "/…",
    "/page/2": "/page/…",
    "/call/+447700900123": "/call/…",
    "/call/07700-900-123": "/call/…",
    "/x/3f2504e0-4f89-11d3-9a0c-0305e82c3301": "/x/…",
    "/x/3F2504E04F8911D39A0C0305E82C3301": "/x/…",
    "/x/deadbeef": "/x/…",
    "/x/dGhpc2lzYXRva2Vu": "/x/…",
    "/x/QmFzZTY0LXVybF9zYWZl": "/x/…",
    "/x/hVtYqWzKpLmNbR": "/x/…",
    "/x/xkqzvtplm": "/x/…",
    "/files/%2Fusers%2F7c9e": "/files/…",
    "/a%3Fname=ada": "/…",
    "/a%3Bjsessionid=AB": "/…",
    "/bad%FF": "/…",
    "/x/sid:123": "/x/…",
}


@pytest.mark.parametrize("path", KEPT)
def test_N1_ordinary_pages_are_counted_by_their_path(path: str) -> None:
    assert cut(path) == path


@pytest.mark.parametrize(("path", "counted"), CASES.items())
def test_N1_what_may_name_somebody_or_open_a_door_is_cut(path: str, counted: str) -> None:
    assert cut(path) == counted


@given(st.integers(0, 10**20), st.sampled_from(["{}", "{:,}", "{:x}a1b", "+{}", "id{}x", "{}.{:}"]), st.integers(0, 3))
def test_N1_a_number_is_cut_however_it_is_encoded(number: int, form: str, times: int) -> None:
    segment = form.format(number, number)
    for _ in range(times):
        segment = "".join(f"%{byte:02X}" for byte in segment.encode())
    assert cut(f"/a/{segment}/b") == f"/a/{CUT}/b"


@given(st.uuids() | st.binary(min_size=12, max_size=64).map(bytes.hex), st.booleans())
def test_N1_keys_are_cut(key: object, upper: bool) -> None:
    text = str(key).upper() if upper else str(key)
    assert cut(f"/reset/{text}") == f"/reset/{CUT}"
    assert cut(f"/x/{quote(text)}") == f"/x/{CUT}"


@given(st.text(max_size=60))
def test_N1_cutting_again_changes_nothing(path: str) -> None:
    once = cut(path)
    assert cut(once) == once
    assert once.count("/") == path.count("/")

"""Which network an address belongs to."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.networks import network


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_all_addresses_of_a_64_are_one_network(address: IPv6Address, host: int) -> None:
    if not address.ipv4_mapped:
        assert network(str(address)) == network(str(IPv6Address(int(address) >> 64 << 64 | (host | 1 << 63))))
        assert network(str(address)) != network(str(IPv6Address(int(address) ^ 1 << 64)))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_stands_for_itself_however_it_is_written(address: IPv4Address) -> None:
    assert network(str(address)) == network(f"::ffff:{address}") == str(address)


@pytest.mark.parametrize(
    ("ip", "name"), [(None, ""), ("", ""), ("no address", "no address"), ("fe80::1%eth0", "fe80::/64")]
)
def test_what_is_no_address_stands_for_itself(ip: str | None, name: str) -> None:
    assert network(ip) == name

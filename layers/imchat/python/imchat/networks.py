"""Which network an IP address belongs to. Whoever has one IPv6 address usually has all of its /64, so limits count the
network: IPv4 addresses by themselves, also where they are written as IPv6, and IPv6 addresses by their /64."""

from ipaddress import IPv6Address, IPv6Network, ip_address


def network(ip: str | None) -> str:
    """The name of the network of ``ip`` for a limit. What is no address stands for itself, None for the empty text."""
    try:
        address = ip_address((ip or "").partition("%")[0])
    except ValueError:
        return ip or ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)

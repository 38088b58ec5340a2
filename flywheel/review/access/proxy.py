"""What a proxy in front says, believed only when it comes from a configured address."""

import logging
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import Scope

from flywheel.errors import ConfigError

_log = logging.getLogger(__name__)


class Proxies:
    """The proxies in front, and the header in which they say whom they let in."""

    def __init__(self, networks: Sequence[str], user_header: str | None) -> None:
        """Raises `ConfigError` for what is no address, or a header that nobody may send."""
        self._networks = [_network(text) for text in networks]
        self._header = user_header
        if user_header and not self._networks:
            raise ConfigError(
                "FLYWHEEL_REVIEW__USER_HEADER: name the proxy's address in "
                "FLYWHEEL_REVIEW__PROXIES, or anybody could send it"
            )

    def user(self, scope: Scope) -> str | None:
        """Whom the proxy let in; None: it says nothing, or no such header is configured.

        Raises a 403 when somebody else sends it, and a 400 when it comes twice.
        """
        if self._header is None:
            return None
        values = Headers(scope=scope).getlist(self._header)
        if not values:
            return None
        if not self._knows(_peer(scope)):
            _log.warning(
                "refused: a %s header from %s, which is no configured proxy",
                self._header,
                _peer(scope) or "no address",
            )
            raise HTTPException(403, "This request does not come by the way that was configured.")
        if len(values) > 1:
            raise HTTPException(400, "The proxy names more than one user.")
        return _text(values[0]).strip() or None

    def client(self, scope: Scope) -> str:
        """The address that a request comes from: the last one that is none of the proxies'."""
        peer = _peer(scope)
        address = peer
        said = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
        while self._knows(address) and said:
            try:
                address = str(ip_address(said.pop().strip()))
            except ValueError:
                break
        return address or "unknown"

    def _knows(self, address: str | None) -> bool:
        if address is None:
            return False
        try:
            parsed = _unmapped(ip_address(address))
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


def _text(value: str) -> str:
    """A header's bytes are read as Latin-1; proxies write UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _peer(scope: Scope) -> str | None:
    """Who opened the connection; none on a socket file."""
    client = scope.get("client")
    return str(client[0]) if client else None


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ConfigError(
            f"FLYWHEEL_REVIEW__PROXIES: {text} is no address or network (10.0.0.7, 10.1.0.0/16)"
        ) from None


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address that came in by an IPv6 socket."""
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address

"""Watches from outside which addresses a program and its children connect or send to."""

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path

_ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')


def watched(strace: str, log: Path) -> list[str]:
    """What stands before a command: its calls and those of all its children go into a log."""
    calls = "trace=connect,sendto,sendmsg,sendmmsg"
    return [strace, "-f", "-qq", "--seccomp-bpf", "-e", calls, "-o", str(log)]


def outside(log: Path) -> set[str]:
    """Addresses beyond loopback that somebody connected or sent to; a DNS server is one as well."""
    addresses = {a or b for a, b in _ADDRESS.findall(log.read_text("utf-8", "replace"))}
    return {a for a in addresses if not ipaddress.ip_address(a).is_loopback}


def loud(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment that asks no library to be silent: a user's does not, what ships must do."""
    asks = ("PREFECT_", "GX_")
    kept = {name: value for name, value in environment.items() if not name.startswith(asks)}
    kept.pop("DO_NOT_TRACK", None)
    return kept

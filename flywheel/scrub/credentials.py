"""Secrets in text: private keys, tokens of known forms, values that are named a password."""

import re
from collections.abc import Iterator

from flywheel.scrub.found import Span

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?!-----END)[\s\S])*(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?"
)
_TOKEN = re.compile(
    r"(?<![\w-])(?:"
    r"(?:AKIA|ASIA)[0-9A-Z]{16}"  # AWS
    r"|gh[opusr]_\w{30,255}|github_pat_\w{22,255}|glpat-[\w-]{20,64}"  # GitHub, GitLab
    r"|(?:sk|pk|rk)[-_](?:[\w-]{16,200})"  # OpenAI, Anthropic, Stripe
    r"|xox[abeoprs]-[\w-]{10,250}"  # Slack
    r"|AIza[\w-]{35}"  # Google
    r"|hf_[A-Za-z0-9]{30,64}|npm_[A-Za-z0-9]{36}|dop_v1_[0-9a-f]{64}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"  # JSON web token
    r")(?![\w-])",
    re.ASCII,
)
_BEARER = re.compile(
    r"\b(?:bearer|authorization:\s?basic|token)\s+(?P<value>(?=[^\s]*\d)[\w.~+/-]{16,}=*)", re.I
)
_NAMED = re.compile(
    r"\b[\w-]{0,40}(?:password|passwd|passphrase|pwd|secret|api[ _-]?key|access[ _-]?key"
    r"|auth[ _-]?token|access[ _-]?token|client[ _-]?secret|\bpin(?: code)?)"
    r"(?P<is>[\"'`]?\s?[:=]\s?[\"'`]?|\s+is\s+[\"'`]?)(?P<value>[^\s\"'`<>|,;]{4,200})",
    re.I,
)

_SAID = re.compile(
    r"\b(?:password|passcode|passphrase|passwort|kennwort|wachtwoord|contraseña|mot de passe|senha"
    r"|hasło|lösenord)\b(?:[ ](?:for|to|of|für|pour|para|voor)[ ][^\n.;:]{1,48}?"
    r"(?=[ ](?:is|was|ist|lautet|es|est|é)[ ]))?[ ]"
    r"(?:(?:is|was|ist|lautet|es|est|é)[ ])?[\"'`(]?(?P<value>[^\s\"'`<>|,;]{6,64})",
    re.I,
)
_USER_OPTION = re.compile(
    r"(?:^|\s)(?:-u|--user|--proxy-user)[ =][\"']?[\w.@+-]{1,64}:(?P<value>[^\s\"'`<>|;]{4,128})"
)
"""As curl, wget and their like take a user and a password."""

_SCHEME = re.compile(
    r"(?:sha|md|oauth|bcrypt|scrypt|pbkdf|argon|base|utf|aes|rsa|ldap|https?:|www\.|\d+[- ])", re.I
)
"""Beside "password" these are ways to keep one, or links."""

_NO_VALUE = frozenset("none null true false string required optional hidden undefined".split())


def find_secrets(text: str) -> Iterator[Span]:
    """Private key blocks, API keys, bearer tokens, and what is given as a password."""
    for match in _PRIVATE_KEY.finditer(text):
        yield Span(match.start(), match.end(), "SECRET", 1.0)
    for match in _TOKEN.finditer(text):
        yield Span(match.start(), match.end(), "SECRET", 0.9)
    yield from _find_said(text)
    for pattern in (_BEARER, _NAMED):
        for match in pattern.finditer(text):
            value = match["value"].rstrip(".!?)}]")
            if len(value) >= 4 and (not value.isalpha() or _is_assigned(match, value)):
                yield Span(match.start("value"), match.start("value") + len(value), "SECRET", 0.7)


def _find_said(text: str) -> Iterator[Span]:
    """What prose says right behind "password", if it looks like no word."""
    for match in _SAID.finditer(text):
        value = match["value"].rstrip(".?)}]")
        if _looks_made(value) and not _SCHEME.match(value):
            yield Span(match.start("value"), match.start("value") + len(value), "SECRET", 0.7)
    for match in _USER_OPTION.finditer(text):
        yield Span(match.start("value"), match.end("value"), "SECRET", 0.8)


def _looks_made(value: str) -> bool:
    """Letters with digits, signs, or capitals in their midst: people write no word so."""
    if not any(map(str.isalpha, value)):
        return False
    inner = value.strip("-_!.:")
    signed = any(character in "!@#$%^&*_+=~" for character in value.rstrip("!"))
    cased = value.isalpha() and sum(map(str.isupper, value[1:])) >= 2 and not value.isupper()
    return any(map(str.isdigit, inner)) or signed or cased


def _is_assigned(match: re.Match[str], word: str) -> bool:
    """Whether code or data gives this word as the value; prose may only speak of a password."""
    how = match.groupdict().get("is") or ""
    return ("=" in how or how[-1:] in ("'", '"', "`")) and word.casefold() not in _NO_VALUE

"""Secrets; and the sentences about passwords that hold none."""

import pytest

from flywheel.scrub.credentials import find_secrets


def secrets(text: str) -> set[str]:
    return {text[span.start : span.end] for span in find_secrets(text)}


@pytest.mark.parametrize(
    "token",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 9,
        "sk-" + "proj-abcdefghijklmnop1234",
        "xoxb-" + "1234567890-abcdefghij",
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0" + ".c2lnbmF0dXJl",
    ],
)
def test_tokens_of_known_form_are_found(token: str) -> None:
    """Wherever they stand."""
    assert token in secrets(f"I used {token} and it failed")


def test_a_private_key_goes_whole_even_when_cut_off() -> None:
    """From its first line to its last, or to the end of the text."""
    head, tail = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
    block = f"{head}\nMIIEow\nIBAAK\n{tail}"
    assert block in secrets(f"key:\n{block}\nthanks")
    assert f"{head}\nMIIEow" in secrets(f"{head}\nMIIEow")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abcdef0123456789abcdef", "abcdef0123456789abcdef"),
        ("password: hunter2!", "hunter2!"),
        ("API_KEY=9f8e7d6c5b4a", "9f8e7d6c5b4a"),
        ("my password is s3cret.", "s3cret"),
        ("PIN: 4711", "4711"),
    ],
)
def test_named_values_are_found(text: str, secret: str) -> None:
    """The value goes, its name stays."""
    found = {value.rstrip("!") for value in secrets(text)}
    assert secret.rstrip("!") in found


@pytest.mark.parametrize(
    "text",
    [
        "the password is wrong",
        "password: required",
        "basic earnings per share 2019",
        "token economy",
        "secret: none",
        "risk-free rate",
        "task-force 2019",
    ],
)
def test_talk_about_secrets_stays(text: str) -> None:
    """A word without digit or sign is none."""
    assert secrets(text) == set()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("my password Hedgehog77! no longer works", "Hedgehog77!"),
        ("The password for the staff portal is x!9Qrt_b; change it.", "x!9Qrt_b"),
        ("log in with the passcode qWzTuPlmK please", "qWzTuPlmK"),
        ("das Passwort lautet Igel_2044.", "Igel_2044"),
        ("curl -u admin:Zx81kkQ https://example.com", "Zx81kkQ"),
        ("wget --user=ann:Zx81kkQ", "Zx81kkQ"),
    ],
)
def test_a_password_that_prose_or_a_command_gives_is_found(text: str, secret: str) -> None:
    """Right behind the word, or behind what it is for."""
    assert secret in [text[span.start : span.end] for span in find_secrets(text)]


@pytest.mark.parametrize(
    "text",
    [
        "my password expired yesterday",
        "the password field, the password manager, a password policy",
        "hash the password SHA-256 or with password bcrypt2",
        "The password for the portal is unknown to me",
        "reset password https://example.com/reset1",
        "the password contains letters. Password protection matters",
        "docker run -u root image",
    ],
)
def test_words_about_passwords_stay(text: str) -> None:
    """What looks like a word, or names a method, is no secret."""
    assert list(find_secrets(text)) == []

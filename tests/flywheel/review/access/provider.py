"""A small OpenID Connect provider on loopback: it signs with a real key, and lies on demand."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "flywheel", "the-client's-own-secret"
_KEY: Final = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
_OTHER: Final = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
NEXT: Final = RSAKey.generate_key(2048, {"use": "sig"})
"""Which it signs with one day."""


@dataclass
class OpenIdProvider:
    """What it says next, and what it was asked."""

    issuer: str
    claims: dict[str, Any] = field(
        default_factory=lambda: {"email": "rosa@example.com", "email_verified": True}
    )
    """Of whoever logs in; None takes a standard claim out."""
    forge: str = ""
    """`key`: signed by another's; `none`: not signed; `hmac`: with the client's secret."""
    metadata: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    issued: list[str] = field(default_factory=list)
    """Tokens and codes that were handed over: none may be logged or kept."""
    refused: list[str] = field(default_factory=list)
    """Why no token was given."""
    key: RSAKey = field(default_factory=lambda: _KEY)
    """What it signs with, and publishes."""
    kid: str | None = "k1"
    """As which key its tokens say they are signed by; None: they do not say."""
    published: dict[str, Any] | None = None
    """In place of the key that it signs with."""
    asked: Counter[str] = field(default_factory=Counter)
    """How often, by path."""
    drips_s: float = 0
    """Between two bytes of an answer: it is there, but so slow."""

    def authorize(self, url: str) -> str:
        """Somebody logs in; where their browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        self.issued.append(code)
        back = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def token(self, given: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The token for a code: once, for this client, with PKCE's verifier."""
        asked = self.codes.pop(given.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        for wrong, why in (
            (asked is None, "code"),
            (authorization != f"Basic {basic}", "client"),
            (asked and challenge != asked["code_challenge"], "verifier"),
            (asked and given.get("redirect_uri") != asked["redirect_uri"], "redirect"),
        ):
            if wrong:
                self.refused.append(why)
                return None
        assert asked
        access, id_token = secrets.token_urlsafe(24), self._id_token(asked)
        self.issued += [access, *([id_token] if id_token else [])]
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 60}
        return answer | ({"id_token": id_token} if id_token else {})

    def _id_token(self, asked: dict[str, str]) -> str | None:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "s-1",
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.forge == "missing":
            return None
        if self.forge == "none":
            parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
            return ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts) + "."
        if self.forge == "hmac":
            key = OctKey.import_key(_KEY.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, key)
        key = _OTHER if self.forge == "key" else self.key
        named = {} if self.kid is None else {"kid": self.kid}
        return jwt.encode({"alg": "RS256"} | named, claims, key)

    def document(self, path: str) -> dict[str, Any] | None:
        """What it publishes."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            } | self.metadata
        return {"keys": [self.published or self._public()]} if path == "/jwks" else None

    def _public(self) -> dict[str, Any]:
        public: dict[str, Any] = self.key.as_dict(private=False)
        public.pop("kid", None)
        return public | ({} if self.kid is None else {"kid": self.kid})

    def withdraw(self) -> None:
        """Publish another key instead, under the same id; whoever has the old one signs on."""
        self.published = NEXT.as_dict(private=False) | {"kid": self.kid}


@contextmanager
def running() -> Iterator[OpenIdProvider]:
    """The provider on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked[self.path] += 1
            self._say(provider.document(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(provider.token(given, self.headers.get("Authorization", "")))

        def _say(self, answer: dict[str, Any] | None) -> None:
            body = json.dumps(answer or {"error": "invalid_grant"}).encode()
            self.send_response(200 if answer else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not provider.drips_s:
                self.wfile.write(body)
                return
            with suppress(OSError):  # who asked has left
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(provider.drips_s)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True  # an answer that drips has no end
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as server:
        provider = OpenIdProvider(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join()

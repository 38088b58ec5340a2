"""Logins by an OpenID Connect provider: code flow with PKCE, state and nonce, through Authlib.

OpenID Connect Core 1.0, section 3.1; RFC 7636. Nothing that the provider hands over is logged or
kept: the session holds the name and the role that came of it.
"""

import logging
from asyncio import Lock, timeout
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Final

from fastapi import Request, Response

from flywheel.errors import ConfigError
from flywheel.settings import OidcSettings, ReviewSettings

CALLBACK: Final = "/login/oidc/callback"
_ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Those by which only the provider can sign; never `none`, or one with a secret that two share."""

_TIMEOUT_S: Final = 10
"""For all that is asked for one login: an answer that comes byte by byte has no end of its own."""
_BELIEVED_S: Final = 300
"""How long its configuration and its keys are: who stole one that was withdrawn has no longer."""
_KEYS_S: Final = 10
"""Keys are not read anew for unknown ones more often: each login could bring another."""
_NAME: Final = "oidc"


class ProviderError(Exception):
    """The provider cannot be asked, or what came from it is not to be believed."""


class Provider:
    """The provider that the settings name."""

    def __init__(self, settings: OidcSettings, redirect_uri: str) -> None:
        import httpx
        from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App

        logging.getLogger("authlib").setLevel(logging.INFO)  # at DEBUG it logs PKCE's verifier
        self._settings = settings
        self._issuer = settings.issuer or ""
        self._redirect_uri = redirect_uri
        secret = settings.client_secret
        self._client: Any = OAuth().register(
            _NAME,
            client_cls=type("Client", (_Careful, StarletteOAuth2App), {}),
            issuer=self._issuer,
            client_id=settings.client_id,
            client_secret=secret.get_secret_value() if secret else None,
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": " ".join(settings.scopes),
                "code_challenge_method": "S256",
                "timeout": _TIMEOUT_S,
                # Authlib makes a client a request, and each would read all certificates anew: .17
                # s in which nobody else is answered, for any stranger who asks to log in.
                "verify": httpx.create_ssl_context(),
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            },
        )

    async def start(self, request: Request) -> Response:
        """Send the browser to the provider; state, nonce and verifier stay in the session.

        Raises `ProviderError` when it cannot be asked.
        """
        async with _asking():
            response: Response = await self._client.authorize_redirect(request, self._redirect_uri)
        return response

    async def finish(self, request: Request) -> Mapping[str, Any]:
        """What the provider says of whom it sent back; the state is spent.

        Raises `ProviderError` when the answer is not for this session, this page or this login.
        """
        from authlib.oidc.core import CodeIDToken

        async with _asking():
            token = await self._client.authorize_access_token(
                request,
                claims_cls=CodeIDToken,
                # Authlib alone is content with a token for somebody else whose `azp` is ours.
                claims_options={
                    "iss": {"essential": True, "values": [self._issuer]},
                    "aud": {"essential": True, "values": [self._settings.client_id]},
                },
            )
        claims = token.get("userinfo")
        if not isinstance(claims, Mapping):
            raise ProviderError("no id token")
        return claims


@asynccontextmanager
async def _asking() -> AsyncIterator[None]:
    """What goes wrong is told by its kind alone: a message could quote the token."""
    try:
        async with timeout(_TIMEOUT_S):
            yield
    except ProviderError:
        raise
    except Exception as error:
        raise ProviderError(type(error).__name__) from None


class _Careful:
    """Laid over Authlib's client, which believes what it once read until the page is started again,
    and fetches keys anew for each token that names none of them.
    """

    server_metadata: dict[str, Any]

    def __init__(self, *args: Any, issuer: str, **named: Any) -> None:
        super().__init__(*args, **named)
        self._issuer = issuer
        self._reading, self._fetching = Lock(), Lock()
        self._read_at = self._fetched_at = float("-inf")

    async def load_server_metadata(self) -> Any:
        """What the provider says of itself, checked before anybody sees it."""
        async with self._reading:
            if monotonic() - self._read_at >= _BELIEVED_S:
                self._read_at, self.server_metadata = float("-inf"), {}
                above: Any = super()
                _check(await above.load_server_metadata(), self._issuer)
                self._read_at = monotonic()
        return self.server_metadata

    async def fetch_jwk_set(self, force: bool = False) -> Any:
        """The provider's keys; `force`: as it has them now, or had them a moment ago."""
        above: Any = super()
        if not force:
            return await above.fetch_jwk_set()
        async with self._fetching:  # who waited here has what the one before has fetched
            force = monotonic() - self._fetched_at >= _KEYS_S
            if force:
                self._fetched_at = monotonic()
            return await above.fetch_jwk_set(force=force)

    async def parse_id_token(self, token: Any, nonce: Any, **named: Any) -> Any:
        """The claims of a token. Keys may change under the same id, or have none."""
        from joserfc.errors import BadSignatureError

        above: Any = super()
        try:
            return await above.parse_id_token(token, nonce, **named)
        except BadSignatureError:
            await self.fetch_jwk_set(force=True)
            return await above.parse_id_token(token, nonce, **named)


def _check(metadata: dict[str, Any], issuer: str) -> None:
    """Believe what can be believed of a provider's configuration; raises `ProviderError`."""
    if metadata.get("issuer") != issuer:
        raise ProviderError("its configuration names another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(metadata.get(name), str):
            raise ProviderError(f"its configuration has no {name}")
    named = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    safe = [name for name in named if name in _ALGORITHMS]
    metadata["id_token_signing_alg_values_supported"] = safe or ["RS256"]


def make_provider(review: ReviewSettings) -> Provider | None:
    """The provider of the settings; None when there is none.

    Raises `ConfigError` where something is missing that it takes.
    """
    oidc = review.oidc
    if oidc.issuer is None:
        return None
    if not oidc.client_id:
        raise ConfigError("FLYWHEEL_REVIEW__OIDC__CLIENT_ID is needed beside the issuer")
    if review.public_url is None:
        raise ConfigError(
            "FLYWHEEL_REVIEW__PUBLIC_URL is needed: the provider sends reviewers back to it"
        )
    if "openid" not in oidc.scopes:
        raise ConfigError("FLYWHEEL_REVIEW__OIDC__SCOPES: openid must be one of them")
    return Provider(oidc, review.public_url.rstrip("/") + CALLBACK)

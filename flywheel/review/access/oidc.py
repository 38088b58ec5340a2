"""Logins by an OpenID Connect provider: code flow with PKCE, state and nonce, through Authlib.

OpenID Connect Core 1.0, section 3.1; RFC 7636. Nothing that the provider hands over is logged or
kept: the session holds the name and the role that came of it.
"""

import logging
from collections.abc import Mapping
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
_NAME: Final = "oidc"


class ProviderError(Exception):
    """The provider cannot be asked, or what came from it is not to be believed."""


class Provider:
    """The provider that the settings name."""

    def __init__(self, settings: OidcSettings, redirect_uri: str) -> None:
        import httpx
        from authlib.integrations.starlette_client import OAuth

        logging.getLogger("authlib").setLevel(logging.INFO)  # at DEBUG it logs PKCE's verifier
        self._settings = settings
        self._issuer = settings.issuer or ""
        self._redirect_uri = redirect_uri
        secret = settings.client_secret
        self._client: Any = OAuth().register(
            _NAME,
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
        await self._prepare()
        response: Response = await self._client.authorize_redirect(request, self._redirect_uri)
        return response

    async def finish(self, request: Request) -> Mapping[str, Any]:
        """What the provider says of whom it sent back; the state is spent.

        Raises `ProviderError` when the answer is not for this session, this page or this login.
        """
        from authlib.oidc.core import CodeIDToken

        await self._prepare()
        try:
            token = await self._client.authorize_access_token(
                request,
                claims_cls=CodeIDToken,
                # Authlib alone is content with a token for somebody else whose `azp` is ours.
                claims_options={
                    "iss": {"essential": True, "values": [self._issuer]},
                    "aud": {"essential": True, "values": [self._settings.client_id]},
                },
            )
        except Exception as error:  # its message could quote the token
            raise ProviderError(type(error).__name__) from None
        claims = token.get("userinfo")
        if not isinstance(claims, Mapping):
            raise ProviderError("no id token")
        return claims

    async def _prepare(self) -> None:
        """Read what the provider says of itself, once, and believe what can be believed."""
        try:
            metadata = await self._client.load_server_metadata()
        except Exception as error:
            raise ProviderError(type(error).__name__) from None
        if metadata.get("issuer") != self._issuer:
            self._client.server_metadata = {}
            raise ProviderError("its configuration names another issuer")
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

"""Which Prefect server this process talks to."""


def configured_api() -> str | None:
    """The API's address that the environment or the active profile names; none: no server yet."""
    from prefect.settings import get_current_settings

    return get_current_settings().api.url or None

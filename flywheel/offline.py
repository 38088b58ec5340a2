"""What libraries send home is switched off, before any of them is imported."""

import os
from typing import Final

_OFFLINE: Final = {
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
}
_PATIENT: Final = {
    # A flow run from the shell starts a temporary server; 20 s is short for a first, cold import.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "60",
}


def go_offline() -> None:
    """Switch off what libraries send home; call before importing them. A value set stays."""
    for name, value in {**_OFFLINE, **_PATIENT}.items():
        os.environ.setdefault(name, value)

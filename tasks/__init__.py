"""Prefect tasks: a wrapper each that adds name, retries and artifact, no logic."""

from flywheel.settings import go_offline

go_offline()  # before Prefect is imported: its settings are read then, and its server starts early

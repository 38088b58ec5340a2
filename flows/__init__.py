"""Prefect flows: a flow a file, each reads from top to bottom as the story."""

from flywheel.settings import go_offline

go_offline()  # before Prefect is imported: its settings are read then, and its server starts early

"""Prefect flows: a flow a file, each reads from top to bottom as the story."""

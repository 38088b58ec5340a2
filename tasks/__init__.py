"""Prefect tasks: a wrapper each that adds name, retries and artifact, no logic."""

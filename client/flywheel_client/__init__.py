"""Reads few-shot releases: small, fast, and never in production's way."""

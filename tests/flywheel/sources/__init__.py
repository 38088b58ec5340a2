"""Tests of `flywheel/sources/`."""

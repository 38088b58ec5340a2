"""Tests of `flywheel/store/`."""

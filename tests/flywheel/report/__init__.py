"""Tests of the gate report."""

"""A scorer a file: each compares one answer with one golden case."""

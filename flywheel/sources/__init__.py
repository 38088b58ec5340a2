"""A foreign format a file, each yielding events and faults."""

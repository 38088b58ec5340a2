"""The few-shot bank over HTTP, for applications that are not in Python."""

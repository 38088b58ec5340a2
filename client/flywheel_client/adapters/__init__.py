"""The bank where other libraries expect their own: a library a file, imported by who has it."""

"""What a command or a task does: pure functions wired to the store, one step a file."""

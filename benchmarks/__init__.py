"""Side by side against named peers, in one run."""

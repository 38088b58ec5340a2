"""The scrubber's evaluation set: templates of `data/eval/scrub/` filled with invented values."""

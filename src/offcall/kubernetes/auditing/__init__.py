"""From a snapshot to what is said of it: which checks, what is suppressed, scores."""

"""Health events in the history: what comes in, how it is kept, how it is found again."""

"""Checks of how Health events reach us, one module a subject."""

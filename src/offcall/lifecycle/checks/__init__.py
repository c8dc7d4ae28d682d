"""The checks of versions and their support; one module a subject."""

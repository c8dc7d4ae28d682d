"""The checks of traffic; one module a check."""

"""The formats of logs: which field holds what. One module a format."""

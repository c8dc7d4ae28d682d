"""Paths as routes: by rules, by what is written down (OpenAPI), and by learning."""

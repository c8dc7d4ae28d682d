"""What the tools of access logs return, and how it looks; one module a subject."""

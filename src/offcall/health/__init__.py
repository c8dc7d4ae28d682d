"""AWS Health events: import, poll, watch, list, and find out whether it was AWS."""

"""What was seen and said before: events, findings and their lifecycle, notifications, audit."""

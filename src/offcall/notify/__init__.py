"""Tell the right people: routes, digests, reminders; a dry run unless told to send."""

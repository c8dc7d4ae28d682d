"""Where Health events come from: files, the Health API, queues."""

"""The brief: what is changing, what is nearing its end, what is open, what is new."""

"""Lines to typed Arrow batches: unzipping, splitting, parsing; at the speed of memory."""

"""What the API server would not accept, or would leave out."""

"""What is wrong with telling people."""

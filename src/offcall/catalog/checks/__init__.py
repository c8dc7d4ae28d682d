"""What is wrong with the catalog itself, and what it leaves without an owner."""

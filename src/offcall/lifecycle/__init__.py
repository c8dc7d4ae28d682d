"""What runs in which version, until when it is supported, and what AWS will do then."""

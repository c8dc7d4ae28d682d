"""offcall, the on-call engineer's copilot for AWS, Kubernetes and databases."""

__version__ = "0.1.0"

"""Make the Kubernetes schemas that offcall ships: `make schemas`."""

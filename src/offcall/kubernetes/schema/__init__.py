"""Objects against the published OpenAPI schemas of a Kubernetes version, offline."""

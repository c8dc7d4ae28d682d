"""Reading Kubernetes objects: files, folders, charts, kustomizations, a live cluster."""

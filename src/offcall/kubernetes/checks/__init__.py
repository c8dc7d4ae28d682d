"""What manifests are judged by, a folder a subject: see docs/kubernetes.md."""

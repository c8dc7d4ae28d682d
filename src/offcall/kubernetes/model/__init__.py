"""Typed views of Kubernetes objects, named as the API names things: pure, made once a run."""

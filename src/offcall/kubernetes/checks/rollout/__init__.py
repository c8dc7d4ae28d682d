"""Replicas and rollouts."""

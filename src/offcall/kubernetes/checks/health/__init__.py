"""Probes, start and end of pods."""

"""Owners and runbooks: who owns a resource, which runbook applies, and which rule says so."""

"""Budgets, drains, and what they take away."""

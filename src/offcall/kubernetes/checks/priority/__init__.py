"""Priority classes and preemption."""

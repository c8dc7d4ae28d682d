"""What every room shares: findings, snapshots, checks, tools, the estate, windows, errors, rendering."""

"""What every room shares: findings, snapshots, checks, tools, estate, windows, errors, output."""

"""Where questions are answered: DuckDB here, or an engine that reads the bucket itself."""

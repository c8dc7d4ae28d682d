"""The questions, written once, in SQL that DuckDB, Trino (Athena) and Spark understand alike.

No function is used that is not in all three. Percentiles are exact: the smallest value that at
least so large a share of the requests did not exceed (nearest rank), found in the counts of
distinct values, so that no engine estimates them in its own way.
"""

"""What was not normal in the traffic: when, how much, and what made the difference."""

"""Where an inventory comes from: AWS, and CSV and YAML files."""

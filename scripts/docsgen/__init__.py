"""The parts of the documentation that come from the code: `python -m scripts.docsgen`."""

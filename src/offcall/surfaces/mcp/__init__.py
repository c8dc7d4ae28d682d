"""The registered tools, served over the Model Context Protocol."""

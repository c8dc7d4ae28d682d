"""The doors to the tools: command line, MCP, later web and chat."""

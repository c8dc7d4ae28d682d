"""Commands that are not tools: each module has a click `command`, named as the module is."""

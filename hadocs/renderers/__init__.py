"""One module is one output format."""

"""Text files become specs whose every value knows its line and column."""

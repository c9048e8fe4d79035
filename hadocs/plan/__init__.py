"""Specs and a target become concrete, ordered turns with marked values."""

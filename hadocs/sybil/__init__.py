"""Hosts the examples of specs and prose in pytest, by sybil."""

"""Proves that specs do what they say."""

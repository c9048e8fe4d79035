"""hadocs: one set of component specs, from which come the guide, the scripts and their proof."""

__version__ = "0.1.0"

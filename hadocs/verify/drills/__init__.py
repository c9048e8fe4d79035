"""Drills: a fault on purpose, what clients saw of it, and what became of every write."""

from __future__ import annotations

from hadocs.verify.drills.runs import Measured, measured, must_have_fault

__all__ = ["Measured", "measured", "must_have_fault"]

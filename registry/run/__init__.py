"""Harvest runs: staged apart, guarded, and published together in one flip."""

"""Derived copies of a release, one set per host: graph, search index, dumps; all can be rebuilt."""

"""The demo federation: three hubs with a few fictitious entries, and a tiny server for their files."""

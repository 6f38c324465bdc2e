"""The demo federation: three hubs with fictitious entries, and a tiny server for their files."""

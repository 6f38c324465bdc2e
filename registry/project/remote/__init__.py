"""The graph on a SPARQL 1.1 server instead of this host's own store."""

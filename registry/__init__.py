"""Records in, published data out: store, link, merge, release, projections and the web."""

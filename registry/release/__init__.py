"""From changed records to a numbered, hashed release: cluster, merge, hash, log, flip."""

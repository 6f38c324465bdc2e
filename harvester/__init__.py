"""From a hub's address to checked records: fetch, formats, mapping and the plan of a run."""

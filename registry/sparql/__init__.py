"""Public SPARQL queries: checked before they run, evaluated in processes that can be killed."""

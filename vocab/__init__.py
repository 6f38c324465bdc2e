"""The shared language of the federation: terms, properties, concepts and the document shape."""

"""The shared language of the federation: terms, properties, concept schemes and the document shape."""

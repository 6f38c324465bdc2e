"""The forms in which a release is published: quads, RDF and JSON of one entity, the catalog."""

"""The pages and interfaces that people and programs read, as Flask blueprints."""

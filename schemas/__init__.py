"""The rules: what a description must look like, and what to tell the hub where it does not."""

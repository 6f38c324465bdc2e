"""The only truth: what each hub said, what was made of it and when it was published, in SQL."""

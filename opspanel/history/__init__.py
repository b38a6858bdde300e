"""What became otherwise in the past, read for pages: clean, and nothing but."""

"""The panel's database backend, which counts."""

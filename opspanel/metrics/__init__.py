"""The panel measured by itself: `/metrics` for Prometheus."""

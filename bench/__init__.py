"""Measurements. They print figures and never pass or fail."""

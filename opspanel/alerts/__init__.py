"""Alerts as signals beside incidents: what fires is told, and never decides by itself.

An Alertmanager's webhook comes in by `delivery.take`; pages read `listing`. An alert
belongs to the open incident that has its `dedup_key`, or to which a person attached it.
An alert that ends resolves nothing: see docs/security.md and docs/terms.md.
"""

"""Telling others of incidents: signed webhooks and chat posts from the outbox.

At least once, in order for each incident, to configured hosts only. `sending.send_due`
is what the upkeep worker runs; `panel.toml` names who is told.
"""

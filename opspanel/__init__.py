"""The operations panel. Celery's app is made on first use, not on import."""

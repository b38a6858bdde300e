"""Keeps a week of demo as small as an hour of it."""

import asyncio

from nats.js import JetStreamContext

from opspanel.demo import streams
from opspanel.demo.service import Database

TURN_SECONDS = 30
OLD_TASKS = """
    DELETE FROM node_tasks WHERE completed_at < clock_timestamp() - interval '45 minutes'
"""
OLD_EVENTS = """
    DELETE FROM outbox_events WHERE status = 'published'
    AND published_at < clock_timestamp() - interval '45 minutes'
"""


async def tidy(database: Database, jetstream: JetStreamContext) -> None:
    while True:
        connection = await database.connection()
        for statement in (OLD_TASKS, OLD_EVENTS):
            await connection.execute(statement)
        for stream in streams.MAX_AGE_DAYS:
            await jetstream.purge_stream(stream, keep=streams.KEEP_MESSAGES)
        await asyncio.sleep(TURN_SECONDS)

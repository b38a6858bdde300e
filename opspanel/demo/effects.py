"""Faults that act on the outside: they put things there, and take them away again."""

import asyncio
from typing import Protocol

from psycopg.types.json import Jsonb

from opspanel.demo.node_agent import NODES, TASK_SECONDS
from opspanel.demo.service import Context, Database

TURN_SECONDS = 0.5
FLOOD_PER_TURN = 12
MOST_FLOOD_ROWS = 5_000

# Rows that a fault made carry its name, so that its end finds them.
MADE_BY = "made_by_fault"
INSERT_TASK = """
    INSERT INTO node_tasks (node_id, task_type, params) VALUES (%s, %s, %s)
"""
DELETE_TASKS = f"""
    DELETE FROM node_tasks WHERE status <> 'completed' AND params ->> '{MADE_BY}' = %s
"""  # noqa: S608


class Effect(Protocol):
    """`undo` may be called when there is nothing to undo."""

    fault: str

    async def turn(self) -> None: ...
    async def undo(self) -> None: ...


async def follow(effect: Effect, context: Context) -> None:
    """Take turns while the fault is on, undo when it ends, and what an earlier run left."""
    active = True
    while True:
        wanted = context.faults.is_on(effect.fault)
        if wanted:
            await effect.turn()
        elif active:
            await effect.undo()
        active = wanted
        await asyncio.sleep(TURN_SECONDS)


class Flood:
    fault = "queue-flood"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = 0

    async def turn(self) -> None:
        connection = await self._database.connection()
        for number in range(FLOOD_PER_TURN if self._rows < MOST_FLOOD_ROWS else 0):
            self._rows += 1
            node = NODES[self._rows % len(NODES)]
            task_type = tuple(TASK_SECONDS)[number % len(TASK_SECONDS)]
            params = Jsonb({MADE_BY: self.fault})
            await connection.execute(INSERT_TASK, [node, task_type, params])

    async def undo(self) -> None:
        self._rows = 0
        connection = await self._database.connection()
        await connection.execute(DELETE_TASKS, [self.fault])

"""A worker: takes messages of its durable consumers, one by one, and acknowledges."""

import asyncio
import json
import random
from typing import Any

import nats
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from opspanel.demo.metrics import MessageMetrics
from opspanel.demo.service import Context, Hiccup, Service
from opspanel.demo.streams import Consumer, event_id, processing

PULL_SECONDS = 5
RETRY_AFTER_SECONDS = 1
FAILING_SHARE = 0.5

type Body = dict[str, Any]


class Worker(Service):
    """Override `process`, and set the two names."""

    consumers: tuple[Consumer, ...] = ()
    failing_fault = ""
    stalling_fault = ""

    def __init__(self, name: str, context: Context) -> None:
        super().__init__(name, context)
        self._messages = MessageMetrics(name, self.registry)
        self._hiccup = Hiccup(150, 300)
        self._held: dict[tuple[str, int], Msg] = {}

    async def process(self, body: Body, jetstream: JetStreamContext) -> None:
        """Do what one message asks for."""

    async def beside(self) -> None:
        """What the worker does besides taking messages, until cancelled."""

    async def run(self) -> None:
        self._held.clear()
        async with (
            self.context.jetstream(self.name) as jetstream,
            asyncio.TaskGroup() as group,
        ):
            for consumer in self.consumers:
                group.create_task(self._consume(consumer, jetstream))
            group.create_task(self.beside())

    async def _consume(self, consumer: Consumer, jetstream: JetStreamContext) -> None:
        pull = await jetstream.pull_subscribe_bind(consumer.name, consumer.stream)
        while True:
            try:
                messages = await pull.fetch(1, timeout=PULL_SECONDS)
            except nats.errors.TimeoutError:
                messages = []
            if not self._is_stalled():
                await self._release_held()
            for message in messages:
                await self._take(message, jetstream)

    async def _take(self, message: Msg, jetstream: JetStreamContext) -> None:
        if self._is_stalled():
            place = message.metadata
            self._held[place.stream, place.sequence.stream] = message
            return
        if self._fails():
            self._messages.failed.inc()
            await message.nak(delay=RETRY_AFTER_SECONDS)
            return
        body = json.loads(message.data)
        with processing(
            body.get("type", ""),
            event_id(message),
            message.subject,
            message.headers or {},
            self.tracer,
        ):
            await self.process(body, jetstream)
            await message.ack()
        self._messages.processed.inc()

    def _is_stalled(self) -> bool:
        return self.context.faults.is_on(self.stalling_fault)

    def _fails(self) -> bool:
        failing = self.context.faults.is_on(self.failing_fault)
        return self._hiccup.is_due() or (failing and random.random() < FAILING_SHARE)

    async def _release_held(self) -> None:
        """Give back at once what a stall held; waiting for ack_wait would take longer."""
        while self._held:
            _, message = self._held.popitem()
            await message.nak()

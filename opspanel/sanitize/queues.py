"""The bridge for queues: JetStream, node_tasks and the outbox."""

from opspanel import assessment as raw
from opspanel.sanitize import fields, figures
from opspanel.snapshot import schema


def queues(queues: raw.Queues) -> schema.Queues:
    return schema.Queues(
        nats=_nats(queues.nats),
        node_tasks=_node_tasks(queues.node_tasks),
        outbox=_outbox(queues.outbox),
    )


def _nats(nats: raw.Nats) -> schema.Nats:
    return schema.Nats(
        status=nats.status,
        reason=fields.sentence(nats.reason),
        streams=tuple(map(_stream, nats.streams)),
        missing=tuple(map(fields.stream, nats.missing)),
        capped=nats.capped,
        not_shown=nats.not_shown,
        known=tuple(_known(each) for each in nats.known if _keeps_its_name(each)),
        losses=tuple(map(_loss, nats.losses)),
        servers=tuple(map(_server, nats.servers)),
        early_acks=fields.sentence(nats.early_acks),
        early_acks_accepted=nats.early_acks_accepted,
    )


def _keeps_its_name(stream: raw.KnownStream) -> bool:
    """Another pass finds a stream by its name: one that may not be kept is not found."""
    return fields.stream(stream.name) == stream.name


def _known(stream: raw.KnownStream) -> schema.KnownStream:
    return schema.KnownStream(
        name=fields.stream(stream.name),
        created_at=stream.created_at,
        last_seq=stream.last_seq,
        messages=stream.messages,
    )


def _loss(loss: raw.StreamLoss) -> schema.StreamLoss:
    return schema.StreamLoss(
        kind=loss.kind,
        before=_known(loss.before),
        last_seq=loss.last_seq,
        seen_at=loss.seen_at,
    )


def _server(server: raw.NatsServer) -> schema.NatsServer:
    return schema.NatsServer(
        name=fields.component_id(server.name),
        status=server.status,
        reason=fields.sentence(server.reason),
        slow_consumers=figures.figure(server.slow_consumers),
        sync_interval=figures.figure(server.sync_interval),
        seen=_seen(server.seen) if server.seen else None,
    )


def _seen(seen: raw.SeenServer) -> schema.SeenServer:
    return schema.SeenServer(
        at=seen.at,
        started_at=seen.started_at,
        slow_consumers=seen.slow_consumers,
        rises=tuple(schema.Rise(at=rise.at, by=rise.by) for rise in seen.rises),
    )


def _stream(stream: raw.StreamQueue) -> schema.StreamQueue:
    return schema.StreamQueue(
        name=fields.stream(stream.name),
        status=stream.status,
        reason=fields.sentence(stream.reason),
        retention=fields.retention(stream.retention),
        depth=figures.figure(stream.depth),
        oldest_age=figures.figure(stream.oldest_age),
        drain=figures.figure(stream.drain),
        bytes=figures.figure(stream.bytes),
        fill=figures.figure(stream.fill),
        consumers=tuple(map(_consumer, stream.consumers)),
    )


def _consumer(consumer: raw.Consumer) -> schema.Consumer:
    return schema.Consumer(
        name=fields.consumer(consumer.name),
        status=consumer.status,
        reason=fields.sentence(consumer.reason),
        pending=figures.figure(consumer.pending),
        ack_pending=figures.figure(consumer.ack_pending),
        redelivered=figures.figure(consumer.redelivered),
        no_ack_for=figures.figure(consumer.no_ack_for),
        paused=consumer.paused,
        ack_window=figures.optional_figure(consumer.ack_window),
    )


def _node_tasks(tasks: raw.NodeTasks) -> schema.NodeTasks:
    return schema.NodeTasks(
        status=tasks.status,
        reason=fields.sentence(tasks.reason),
        claimable=figures.figure(tasks.claimable),
        oldest_claimable=figures.figure(tasks.oldest_claimable),
        in_flight=figures.figure(tasks.in_flight),
        completed=figures.figure(tasks.completed),
        trend=figures.trend(tasks.trend),
        not_shown=tasks.not_shown,
        types=tuple(map(_task_queue, tasks.types)),
        terminal=tuple(map(_estimate, tasks.terminal)),
    )


def _task_queue(queue: raw.TaskQueue) -> schema.TaskQueue:
    return schema.TaskQueue(
        task_type=fields.task_type(queue.task_type),
        status=queue.status,
        reason=fields.sentence(queue.reason),
        claimable=figures.figure(queue.claimable),
        oldest_claimable=figures.figure(queue.oldest_claimable),
        in_flight=figures.figure(queue.in_flight),
        stuck=figures.figure(queue.stuck),
        nodes=figures.figure(queue.nodes),
        completed=figures.figure(queue.completed),
        failed=figures.figure(queue.failed),
        drain=figures.figure(queue.drain),
    )


def _estimate(estimate: raw.Estimate) -> schema.Estimate:
    return schema.Estimate(
        status=fields.task_status(estimate.status), rows=figures.figure(estimate.rows)
    )


def _outbox(outbox: raw.Outbox) -> schema.Outbox:
    return schema.Outbox(
        status=outbox.status,
        reason=fields.sentence(outbox.reason),
        relay=outbox.relay,
        publish_failures=figures.figure(outbox.publish_failures),
        pending=figures.figure(outbox.pending),
        oldest_pending=figures.figure(outbox.oldest_pending),
        published=figures.figure(outbox.published),
        failed_rows=figures.figure(outbox.failed_rows),
        dlq_messages=figures.figure(outbox.dlq_messages),
    )

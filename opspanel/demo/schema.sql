-- The demo platform's own tables. Every statement may run again.

CREATE TABLE IF NOT EXISTS node_tasks (
    task_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    node_id text NOT NULL,
    task_type text NOT NULL,
    status text NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'dispatched', 'completed', 'failed', 'expired')),
    params jsonb NOT NULL DEFAULT '{}',
    signature text,
    result jsonb,
    correlation_id text,
    -- clock_timestamp(), not now(): a long transaction must not make a task look old.
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    dispatched_at timestamptz,
    completed_at timestamptz,
    expires_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '1 hour'
);

CREATE INDEX IF NOT EXISTS node_tasks_open
    ON node_tasks (status, created_at) WHERE status IN ('queued', 'dispatched');
CREATE INDEX IF NOT EXISTS node_tasks_claimable
    ON node_tasks (node_id, created_at) WHERE status = 'queued';
CREATE INDEX IF NOT EXISTS node_tasks_in_flight
    ON node_tasks (dispatched_at) WHERE status = 'dispatched';
CREATE INDEX IF NOT EXISTS node_tasks_finished
    ON node_tasks USING brin (completed_at) WITH (pages_per_range = 32);

CREATE TABLE IF NOT EXISTS outbox_events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    event_type text NOT NULL,
    subject text NOT NULL,
    envelope jsonb NOT NULL DEFAULT '{}',
    correlation_id text,
    status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'published', 'failed')),
    attempt_count integer NOT NULL DEFAULT 0,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz
);

CREATE INDEX IF NOT EXISTS outbox_events_pending
    ON outbox_events (created_at) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS outbox_events_failed
    ON outbox_events (created_at) WHERE status = 'failed';
CREATE INDEX IF NOT EXISTS outbox_events_published
    ON outbox_events USING brin (published_at) WITH (pages_per_range = 32);

"""The statements on node_tasks, their names filled in from panel.toml."""

from psycopg import sql

from opspanel.panel.queues import NodeTasks
from opspanel.sources._postgres import literals

# statement_timestamp() is the same clock as clock_timestamp(), fixed for a statement:
# only so can an index on the compared column be used.
OPEN = sql.SQL("""
SELECT coalesce(left({task_type}::text, 200), ''), count(*), min({since}),
       count(DISTINCT {node})
FROM {table} WHERE {status} IN ({statuses}) AND ({also}) GROUP BY 1""")
STUCK = sql.SQL("{since} < statement_timestamp() - make_interval(secs => {limit})")
FLOW = sql.SQL("""
SELECT coalesce(left({task_type}::text, 200), ''),
       count(*) FILTER (WHERE {status} IN ({completed})),
       count(*) FILTER (WHERE {status} IN ({failed})), max({finished})
FROM {table} WHERE {status} IN ({terminal})
AND {finished} > statement_timestamp() - make_interval(secs => {window}) GROUP BY 1""")
PER_MINUTE = sql.SQL("""
SELECT date_trunc('minute', {finished}), count(*)
FROM {table} WHERE {status} IN ({completed})
AND {finished} >= {begin} AND {finished} < {end} GROUP BY 1""")
ESTIMATE = sql.SQL("""
SELECT c.reltuples::float8, s.most_common_vals::text::text[], s.most_common_freqs
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname
  AND s.tablename = c.relname AND s.attname = {column}
WHERE n.nspname = {schema} AND c.relname = {name}
ORDER BY s.inherited DESC NULLS LAST LIMIT 1""")


def terminal(config: NodeTasks) -> tuple[str, ...]:
    return config.statuses.completed + config.statuses.failed


def names(config: NodeTasks) -> dict[str, sql.Composable]:
    return {
        "table": sql.Identifier(config.db_schema, config.table),
        "task_type": sql.Identifier(config.columns.task_type),
        "status": sql.Identifier(config.columns.status),
        "node": sql.Identifier(config.columns.node),
        "finished": sql.Identifier(config.columns.finished_at),
        "completed": literals(config.statuses.completed),
        "failed": literals(config.statuses.failed),
        "terminal": literals(terminal(config)),
    }


def stuck_limit(config: NodeTasks) -> sql.Composable:
    if not config.types:
        return sql.Literal(config.stuck_after_seconds)
    return sql.SQL("CASE {task_type}::text {cases} ELSE {default} END").format(
        task_type=sql.Identifier(config.columns.task_type),
        cases=sql.SQL(" ").join(
            sql.SQL("WHEN {} THEN {}").format(kind.id, kind.stuck_after_seconds)
            for kind in config.types
        ),
        default=config.stuck_after_seconds,
    )

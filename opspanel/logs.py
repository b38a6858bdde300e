"""Log lines: one JSON object each, with the correlation id, cleaned before written.

The cleaning sits in the formatter, not in a filter on a logger: a filter of the root
logger is not run for records of its children.
"""

import json
import logging
from datetime import UTC, datetime

from opspanel.correlation import current_id
from opspanel.sanitize import sanitize


class LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "correlation_id": current_id(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(sanitize(line), ensure_ascii=False)

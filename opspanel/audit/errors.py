"""Why an act could not be written down. None of them quotes a value."""


class AuditError(Exception):
    """The act was not written down, so it must not happen."""


class AuditBusyError(AuditError):
    """Another transaction kept the end of the trail for too long. Try again."""

    def __init__(self) -> None:
        super().__init__("audit busy: not saved")


class AuditRefusedError(AuditError):
    """Postgres refused the row."""

    def __init__(self) -> None:
        super().__init__("the database refused this audit row")


class MetadataRefusedError(AuditError):
    """The metadata is not what the allowlist takes."""


class NoTransactionError(AuditError):
    """`record` was called outside of the change's transaction."""

    def __init__(self) -> None:
        super().__init__("record() belongs into the transaction of the change")

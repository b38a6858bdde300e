"""Sources of other regions, as panel.toml names them.

What the settings give addresses for is the panel's own region. Each other region is
read by a worker of its own, from the sources that are listed for it.
"""

from opspanel.panel.queues import Nats, NodeTasks, Outbox
from opspanel.panel.section import BareUrl, Identifier, RegionName, Section
from opspanel.terms import Source


class NamedSource(Section):
    """One system of another region. Its address and credentials are settings of its
    name: `us-nats` is read from OPSPANEL_SOURCE_US_NATS_URL."""

    id: Identifier
    kind: Source
    region: RegionName

    @property
    def setting(self) -> str:
        """How the names of its settings go on behind OPSPANEL_SOURCE_."""
        return self.id.upper().replace("-", "_")


class Prometheus(Section):
    """`replica_url`: a second server that scrapes the same targets. Its credentials are
    those of the first."""

    replica_url: BareUrl | None = None


class RegionTables(Section):
    """What differs in one region: each section stands in for the common one, whole."""

    prometheus: Prometheus | None = None
    nats: Nats | None = None
    node_tasks: NodeTasks | None = None
    outbox: Outbox | None = None

"""What each service handles a second."""

from opspanel.assess.figures import Scene, trend
from opspanel.assessment import Figure, Throughput
from opspanel.panel.config import Service
from opspanel.terms import Unit


def throughput(service: Service, scene: Scene) -> Throughput:
    return Throughput(
        component_id=service.id,
        name=service.name,
        rate=rate(service, scene),
        trend=trend(scene.series(f"{service.id}.throughput"), Unit.PER_SECOND),
    )


def rate(service: Service, scene: Scene) -> Figure:
    return scene.of_service(service.id, "throughput", Unit.PER_SECOND)


def too_quiet(rate: Figure, scene: Scene) -> bool:
    """Too little traffic to judge shares of it by. An unknown rate is not quiet."""
    if rate.value is None:
        return False
    return (
        rate.value <= 0 or rate.value < scene.panel.thresholds.error_minimum_per_second
    )

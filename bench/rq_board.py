"""rq-dashboard behind granian: Flask's own server ends a connection after each answer."""

import importlib
import os
from typing import Any

flask: Any = importlib.import_module("flask")
dashboard: Any = importlib.import_module("rq_dashboard")
setup: Any = importlib.import_module("rq_dashboard.web")

application = flask.Flask(__name__)
application.config.from_object(dashboard.default_settings)
application.config["RQ_DASHBOARD_REDIS_URL"] = [os.environ["BENCH_REDIS"]]
setup.setup_rq_connection(application)
application.register_blueprint(dashboard.blueprint)

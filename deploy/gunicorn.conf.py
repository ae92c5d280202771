"""How the web process serves: gunicorn --config deploy/gunicorn.conf.py portal.wsgi

Everything an operator may change comes from the environment; deploy/env.example explains each variable.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def _read(name: str, default: str) -> str:
    """Return a variable of the environment; an empty one counts as unset, as in portal/settings.py."""
    return os.environ.get(name, "").strip() or default


# The proxy in front is the only one who may reach this address: whoever does can claim to come by HTTPS.
bind = _read("GUNICORN_BIND", "127.0.0.1:8000")
workers = int(_read("WEB_CONCURRENCY", "2"))
threads = int(_read("WEB_THREADS", "4"))
worker_class = "gthread"

timeout = 60  # seconds without a sign of life of a worker; a long request alone does not end it
graceful_timeout = 30  # seconds an open request may still take at a stop or reload
keepalive = 75  # longer than nginx keeps its side, so that the proxy closes first and no request is lost
backlog = 512
max_requests = 5000  # a worker is renewed now and then, so that no leak lives long
max_requests_jitter = 500
# Signs of life are written to a file; on a slow disk that would look like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

# One header tells the scheme, and only the proxy is believed. No header may rewrite the path.
forwarded_allow_ips = _read("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""
header_map = "drop"
limit_request_line = 8190
limit_request_fields = 64

# Addresses may carry what a person searched for, so gunicorn keeps no access log; nginx logs without queries.
accesslog = None
errorlog = "-"

# gunicorn opens a control socket in the home folder unless told otherwise: here only where a path is given.
control_socket = _read("GUNICORN_CONTROL_SOCKET", "")
control_socket_disable = not control_socket
control_socket_mode = 0o600


def on_starting(server: Any) -> None:
    """End at once on settings that refuse to start; gunicorn alone would start its workers again for ever.

    Read in a process of its own, so that a reload still gives the workers new code.
    """
    if subprocess.run([sys.executable, "-c", "import portal.settings"], check=False).returncode:
        raise SystemExit(1)

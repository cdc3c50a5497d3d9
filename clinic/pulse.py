"""Asks the web server of this container whether it is alive; the health check of the image."""

import os
import sys
from http.client import HTTPConnection


def beats() -> bool:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if beats() else 1)

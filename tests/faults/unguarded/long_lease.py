"""A claim outlives its worker by an hour."""

import datetime as dt

from monitoring.collection import claims

claims.LEASE = dt.timedelta(hours=1)

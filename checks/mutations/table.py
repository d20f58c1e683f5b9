"""All mutations there are."""

from __future__ import annotations

from checks.mutations.gateway import GATEWAY
from checks.mutations.monitoring import WATCHERS
from checks.mutations.stores import STORES

MUTATIONS = (*STORES, *WATCHERS, *GATEWAY)

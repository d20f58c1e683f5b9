"""All mutations there are."""

from __future__ import annotations

from scenarios.mutations.gateway import GATEWAY
from scenarios.mutations.stores import STORES
from scenarios.mutations.watchers import WATCHERS

MUTATIONS = (*STORES, *WATCHERS, *GATEWAY)

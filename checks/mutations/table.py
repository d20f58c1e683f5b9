"""All mutations, in the order in which they are proved."""

from __future__ import annotations

from checks.mutations.gateway import GATEWAY
from checks.mutations.monitoring import MONITORING
from checks.mutations.replicas import REPLICAS
from checks.mutations.results import RESULTS
from checks.mutations.schedules import SCHEDULES
from checks.mutations.services import SERVICES
from checks.mutations.stores import STORES

MUTATIONS = (*STORES, *MONITORING, *GATEWAY, *RESULTS, *SCHEDULES, *SERVICES, *REPLICAS)

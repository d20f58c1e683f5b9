"""Make the journeys possible: python -m checks.journeys."""

from checks.journeys import chromium

chromium.ensure()

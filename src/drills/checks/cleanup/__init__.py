"""Remove what checks left in a system: it is noted beforehand, so the next run can remove what a killed one left."""

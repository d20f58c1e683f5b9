"""Whatever checks leave behind is noted beforehand and removed afterwards, by the next run if need be."""

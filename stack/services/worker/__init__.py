"""The PDF worker: takes jobs from the queue, reads schedules out of PDFs, writes their events."""

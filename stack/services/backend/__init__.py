"""The API backend: uploads, jobs, results, calendars, sign-in."""

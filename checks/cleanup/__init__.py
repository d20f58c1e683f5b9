"""Clean-up of what only this system's checks leave: uploads, jobs and sessions."""

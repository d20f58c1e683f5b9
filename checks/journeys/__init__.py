"""Journeys: what a student does in a browser, click by click.

The page of the system has to offer, by role and by words that a person would look for: on its front page a way to sign
in ("Sign in", "Log in", "… Google") and a file field; beside it a button that sends the file ("Upload", "Submit",
"Process", …) unless choosing is enough; afterwards one row or list item for each event, with its module, activity, day,
times and venue; a button or link to the calendar ("Download", "Calendar", ".ics", "Export"), with empty date fields for
the semester if it likes; and, after a sign-in, a way out ("Sign out", "Log out"). The identity provider asks for an
e-mail address at most, in the same tab.
"""

"""What the drills recorded, made readable: charts, the verification table, metrics and the Allure page.

This room reads files that the others wrote and imports none of them, so an old record can be reported again
on a machine that has nothing but the record.
"""

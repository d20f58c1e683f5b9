"""What the drills recorded, made readable: charts, the verification table, metrics and the Allure page.

The package reads recorded files and imports nothing that wrote them, so an old record can be reported again on a
machine that has nothing but the record.
"""

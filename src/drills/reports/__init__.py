"""Reports of recorded drills: charts, the verification table, findings, metrics and the Allure page.

The package reads recorded files and imports nothing that wrote them, so an old record can be reported again on a
machine that has nothing but the record.
"""

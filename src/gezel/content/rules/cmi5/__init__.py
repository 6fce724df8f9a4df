"""What a learning management system owes a cmi5 course ("Quartz"): launching, watching, concluding.

`vocabulary` has the names, `launching` what a unit is handed, `saying` what we record ourselves,
`checking` what a unit may record, `moving_on` when a unit, a block and the course are satisfied.
Numbers such as 9.3.0.0-4 are those of the requirement list that ADL's CATAPULT keeps.
"""

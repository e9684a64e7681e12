"""A synthetic prefecture: the departments' files of two turns, and the register of the errors in them.

Belongs here: everything that plays the outside world, so the departments' headings, layouts and habits are
written down here a second time, on purpose. Does not belong here: anything a real installation needs, or
any code that reads what the pipeline made of the files.
"""

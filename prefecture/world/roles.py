"""How people of a household stand to each other.

Belongs here: the roles. Does not belong here: households (households.py). COLLECTIVE are the members of a collective
household, who are no kin.
"""

HEAD, SPOUSE, CHILD, PARENT, SECOND_CHILD, OTHER_PARENT, OTHER, COLLECTIVE = range(8)

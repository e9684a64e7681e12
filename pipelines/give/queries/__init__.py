"""查询核验: data that may only be asked. A list of people goes in, 是, 否, 查无此人 or 不予答复 comes out for each row.

Belongs here: the catalogue of questions, reading lists, answering, the record of who asked. Does not belong here:
anything that tells more than yes or no.
"""

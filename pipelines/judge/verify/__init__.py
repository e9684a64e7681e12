"""Verification: the rule catalogue and the one pass that turns verify tables into anomalies.

Importing this package is cheap: Great Expectations (seconds, hundreds of MB) is imported inside the functions
that need it.
"""

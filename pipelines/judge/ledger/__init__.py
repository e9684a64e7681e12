"""The append-only memory of the loop: deliveries, answers, corrections, anomalies, tickets, turns.

Every table holds rows per turn (`as_of`); a turn can be run again because it first forgets its own rows.
"""

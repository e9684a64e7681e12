"""Keys, locks and signatures of everything that leaves the bureau or comes back.

Nothing here logs, prints or puts into an exception text a key, a password or a decrypted value.
"""

"""Real reference data: divisions, code tables, census. Files are versioned in data/reference; nothing is made up here."""

"""Real reference data: divisions, code tables, census. The files are versioned in data/reference."""

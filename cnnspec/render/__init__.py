"""Results as text: one output format a file, no decisions."""

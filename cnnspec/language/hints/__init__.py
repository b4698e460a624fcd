"""What to write instead of a key or an argument that nothing has: only a mistake pays for it."""

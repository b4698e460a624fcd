"""What a spec says: nodes become a typed Spec, whose sections report their mistakes and leave each other alone."""

"""What is said of text that is no YAML, or of YAML that no spec can be."""

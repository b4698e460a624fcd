"""What the reader says of texts: `syntax` where they are no YAML, `structure` where they are but of no use in a spec."""

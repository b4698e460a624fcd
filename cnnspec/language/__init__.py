"""What the YAML may say: text becomes data with places, then a typed spec."""

"""YAML: bytes to nodes that know their places, and nodes back to text. `document` is the door; `errors` the words."""

"""Bytes to nodes with places, and back.

Its law: any bytes give a Document at once; nothing that is written makes reading raise, hang or spend more than its
budgets. YAML is data: no tag builds an object.
"""

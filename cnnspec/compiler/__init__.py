"""From a spec to a plan, or to diagnostics.

Its law: it never imports torch, never prints, and raises nothing for what a spec says.
"""

"""Fixes: edits of a spec's text that were tried. Rules propose them; one is shown only if checking the edited text
finds the mistake gone, and no other come.
"""

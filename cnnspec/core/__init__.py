"""Words every room uses: shapes, windows, diagnostics. Standard library only."""

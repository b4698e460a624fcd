"""The walk: items are expanded and shapes inferred as it goes. State is in its frame; findings go where the frame says."""

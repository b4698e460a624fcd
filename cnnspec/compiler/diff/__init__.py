"""What differs between two checked specs: layers, weights that carry over, settings. All of it is data for `render`."""

"""Training: data, the loop, the run folder. Importing the package imports no torch; its modules do."""

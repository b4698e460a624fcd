"""The command line: commands print and set exit codes, nothing else."""

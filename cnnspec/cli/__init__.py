"""The commands: one file each; they print and set exit codes, nothing else."""

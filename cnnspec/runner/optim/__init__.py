"""From the words of a spec to torch's optimizers and their schedules, whose names and defaults they have."""

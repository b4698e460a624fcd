"""Training: state, loop, run folder; and what a run folder is for: its test, predictions.

The loop yields events and writes nothing; whoever looks at an event finds the model as it says. What the command line
imports before torch is there (`openmp`, `training_events`, `nonfinite_error`) imports none.
"""

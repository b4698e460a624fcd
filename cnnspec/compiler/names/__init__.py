"""Names are parameter names: who may take which, and what a name stands for."""

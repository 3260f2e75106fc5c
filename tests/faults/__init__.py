"""What goes wrong on real machines, done to real processes: each test counts what was lost and what came twice."""

"""Many runs of one world: over seeds, and over the ranges of what is assumed."""

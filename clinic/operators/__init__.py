"""The operators' door: is it ready, and what do the numbers say. It reads; no client, no health data is in it."""

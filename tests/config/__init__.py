"""Tests of the runnable project."""

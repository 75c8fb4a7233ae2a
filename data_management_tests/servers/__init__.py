"""Servers that nobody here wrote, from wheels, started by the tests that ask for them: one of each per process, ended with it."""

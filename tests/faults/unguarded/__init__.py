"""Modules that take a guard away when a worker loads them (`-I`): for the twins of the faults' tests."""

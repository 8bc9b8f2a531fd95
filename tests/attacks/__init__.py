"""The attacks A01 … A42 that the installation is held against; docs/threat-model.md has them with their guards."""

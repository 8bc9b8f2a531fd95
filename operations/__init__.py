"""What an operator runs the installation with: health, metrics, copies, upgrades."""

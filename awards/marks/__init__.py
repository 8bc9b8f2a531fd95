"""The quality mark (знак качества): issued to all above the gate and a threshold, valid for a year, revocable."""

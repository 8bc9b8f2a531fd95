"""Award lists: proposed by the rules, decided by officials, signed off and frozen."""

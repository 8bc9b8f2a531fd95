"""The public part: what anybody may see of the regions that opened theirs."""

"""Appeals: an institution contests a value of its score, an analyst or official decides and sees the effect before."""

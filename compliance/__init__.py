"""Law and method against what there is: who must be where, what pages must show, by when; letters to those who lag."""

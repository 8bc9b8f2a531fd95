"""Law and method against what there is: who must be where, what pages must show, road maps, letters to those who lag."""

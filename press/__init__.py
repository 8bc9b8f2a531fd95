"""Press figures: fact sheets whose every figure keeps its number, with what it means and where it came from."""

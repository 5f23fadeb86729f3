"""Scripts that print tables: speed, quality, and the fits that settings come from. Nothing here is a test."""

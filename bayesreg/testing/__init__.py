"""Law checkers: what every penalty must satisfy."""

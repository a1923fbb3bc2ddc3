"""Results: fits of three kinds, their summaries and their comparison."""

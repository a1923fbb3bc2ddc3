"""Penalised estimates made by outside software and polished in extended precision; `make` made the file of numbers."""

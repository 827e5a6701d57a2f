"""Engines (底座): what every room stands on: database, files, jobs, knowledge files, deadlines. No business words."""

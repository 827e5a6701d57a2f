"""Sight (视觉): from pixels to text boxes: quality, code squares, paper edge, orientation, characters."""

"""Rule rows and cases drawn in the shape of real ones, any number of them, and what judging them costs."""

"""Past claims of fictional persons in the shape of real ones, any number of them, and small snapshots to replay them by."""

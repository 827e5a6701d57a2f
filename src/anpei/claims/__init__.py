"""Claims (理赔): the line of one claim in order of work. A later room may read an earlier one, never the reverse."""

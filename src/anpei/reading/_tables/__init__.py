"""Tables (表格): column heads, the cells under them, rows."""

"""The table of cases (案件表): its schema, rows made of facts and read back, and the way from the table to columns."""

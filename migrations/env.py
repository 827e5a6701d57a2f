"""Alembic's entry: runs on the connection that the platform hands over, never on one of its own."""

from alembic import context

from anpei.engines.db import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()

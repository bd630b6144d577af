"""Alembic's entry: migrate over the connection that `intel.db.upgrade` hands in."""

from alembic import context

from intel.db import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()

"""PostgreSQL and Redis that come with the installation, for a machine that has neither."""

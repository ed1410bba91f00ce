"""Backup, restore, the move to PostgreSQL."""

"""Backup, restore, and the move to another database: what an installation is, carried from one place to another."""

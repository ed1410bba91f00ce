"""Illness of the service: looked for, and said by ways that do not need the broken part (promise P11)."""

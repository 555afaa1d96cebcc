"""Frozen values that cross rooms: what the store loads and saves, one module for each noun.

`*_at` is aware UTC, `*_on` a date. No ORM row and no dict of columns leaves the store.
"""

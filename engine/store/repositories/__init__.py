"""Repositories: one for each noun of `engine.ports.store`, over one connection in a transaction."""

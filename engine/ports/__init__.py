"""What use cases need of the store: Protocols only, one module for each noun."""

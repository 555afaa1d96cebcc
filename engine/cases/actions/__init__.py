"""Server actions: the only side effects a diagram can have, one module for each, listed in `registry`."""

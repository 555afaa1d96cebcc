"""Duban's engine: BPMN casework for public offices. `engine.bootstrap.build` is the way in."""

__version__ = "0.1.0"

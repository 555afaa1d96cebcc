"""The sample office of the demo, the tests and the scenarios."""

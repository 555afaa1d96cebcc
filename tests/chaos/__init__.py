"""Real processes with load running, killed at random: nothing is lost, nothing happens twice."""

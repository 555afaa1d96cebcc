"""SpiffWorkflow's specs, tasks and workflows, subclassed: no prediction, a flat tree of live tasks, FEEL only."""

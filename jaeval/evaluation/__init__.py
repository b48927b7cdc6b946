"""From tasks and a checkpoint to a run: plan, engine, journal, scores."""

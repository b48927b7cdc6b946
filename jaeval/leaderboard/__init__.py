"""From many models' scores to one table that says how sure it is of every number and every rank."""

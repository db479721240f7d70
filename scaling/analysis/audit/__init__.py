"""What stands in the way of scaling: findings, each with its evidence and what to do."""

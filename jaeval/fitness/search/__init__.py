"""The search for a good merge: ask for a genotype, merge, score, tell; killed and resumed without a repeated trial."""

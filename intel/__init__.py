"""Keep and serve: the words of the domain, the store, queries, briefings, commands."""

"""Durable jobs: what is done by itself, when, and by which worker; dbos keeps count of what is done."""

"""Alerts: what is kept and the rules in, messages in the outbox out; and an account's Atom feed.

A rule says what is worth telling (`rule`), its trigger finds it (`triggers`), `told` knows what a recipient
was told before, `pace` says when a rule may speak, and `evaluation` does all of it in one transaction.
"""

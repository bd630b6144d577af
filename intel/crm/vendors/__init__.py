"""The vendors: a file each, with `OPTIONS` and `connect(briefings)`; how to add one: docs/delivery.md."""

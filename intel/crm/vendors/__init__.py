"""The vendors: a file each, with `OPTIONS` and `connect(briefings)`; docs/delivery.md tells how to add one."""

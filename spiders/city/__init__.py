"""The demo news city: a dozen fictional sites of different shape on loopback, for `make run` and tests."""

"""What the conformance tests share: the server under test, raw signed requests, data and records."""

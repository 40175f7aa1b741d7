"""The API: authentication, idempotency, parameters, expansion, lists."""

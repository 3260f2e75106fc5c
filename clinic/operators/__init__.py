"""The operators' interface: readiness and metrics. It only reads; it shows no client and no health data."""

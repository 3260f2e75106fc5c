"""The demo clinic: its people and their histories, made with the services. Only the command `demo` uses it."""

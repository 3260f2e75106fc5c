"""The demo clinic: its people and their histories, played through the verbs. Only the command `demo` uses it."""

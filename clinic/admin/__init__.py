"""The practitioner's door: a themed admin site of our own, whose first page says what to do next."""

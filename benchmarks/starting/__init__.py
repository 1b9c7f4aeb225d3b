"""What a command costs that has little to do: its start is most of it."""

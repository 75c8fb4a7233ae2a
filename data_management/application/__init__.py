"""The use cases: commands, queries, their handlers, and the ports through which they reach the world."""

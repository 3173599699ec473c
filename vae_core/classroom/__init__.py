"""Rooms in which a class looks at one model together: who is there, what they answered, what they drew."""

"""The page of a class: the way in, what its teacher steers, what its pupils see."""

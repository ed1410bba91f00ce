"""Making and judging the reader: labelled rows, training, evaluation. Nothing here runs while texts are read."""

"""What does it mean? Pure functions: frame in, frame out, more columns, input untouched."""

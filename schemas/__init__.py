"""What the data is: frozen Pydantic models, a noun a file, no input or output."""

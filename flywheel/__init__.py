"""The engine, free of Prefect."""

"""The Monday story: a seeded simulation, models on loopback, and the real loop around them."""

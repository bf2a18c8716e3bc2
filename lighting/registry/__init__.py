"""The estate: what stands where, fed by what, and which equipment is in it."""

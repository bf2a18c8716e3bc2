"""Street cabinets alive: their meters, contacts and contactors, what is wrong in them."""

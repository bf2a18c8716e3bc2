"""Any asset by its identifier: the tree around it, its name, the search box."""

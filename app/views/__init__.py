"""Where folders meet for a reader: read-only joins across the areas, one statement each.

Writes never pass here. Each view starts from light points the caller may see.
"""

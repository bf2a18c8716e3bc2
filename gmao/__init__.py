"""Maintenance: requests, work orders, crews, parts, indicators."""

"""A report as files: PDF to read and sign, XLSX and CSV to work with, JSON for machines.

The same inputs and header give the same bytes, in any process and on any day.
"""

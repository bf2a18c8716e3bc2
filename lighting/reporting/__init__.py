"""The monthly report a town signs: computed once, frozen, reproducible to the byte."""

"""Circuits to and from other tools. Importing this package imports none of them."""

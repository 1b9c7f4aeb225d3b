"""Thin commands over the packages: read the words, call one function, show the result.

``goodstanding --help`` lists them; docs/reference/commands.md is generated from the same
source.
"""

"""Engines that run a plan. Each must agree exactly with the reference engine."""

"""The attack: named families of bad instances."""

"""The commands, grouped by what they look at: claims, instances, certificates."""

"""The register's claims: a TOML file for each topic, and how its own kinds are decided."""

"""The mock: HTTP, OAuth, org state and call state around the contract."""

"""Words and values of every contract: they name no resource of the API."""

"""Where the catalog's state and the users' data are: SQL, local files."""

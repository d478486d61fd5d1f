"""Standing interest: kept searches, demands and profiles that are told of what is newly published."""

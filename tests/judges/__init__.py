"""Second judges that are written in JavaScript: of the state machine, its expressions, and of calls of DynamoDB."""

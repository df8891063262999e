"""Local stand-ins for services that tests cannot reach."""

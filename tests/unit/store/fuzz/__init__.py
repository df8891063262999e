"""Kill the server's ledger and the publisher again and again while the Hub misbehaves, then count the records."""

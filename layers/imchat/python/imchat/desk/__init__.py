"""What staff record and look up: calls and emails, purchases, disclosures. Each view of personal data is recorded."""

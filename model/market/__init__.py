"""Markets: demand, compute, chips, shares, credit; and how payments, settlement and insolvency work."""

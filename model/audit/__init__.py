"""Questions to a log: why, when, where two of them part, whose money it was. From the log alone, whoever wrote it."""

"""Pages that show runs and sweeps: charts as plain data, one file a page, nothing fetched from anywhere."""
